import { type CommandRecord, jsonOption, runArgument } from '../../command.ts';
import { plain } from '../../page.ts';
import { acting, tokenOption } from '../acting.ts';
import { stateText } from '../runs.ts';

/** `jidoka cancel`: stops a run for good, whoever works on it. */
export const cancel: CommandRecord = {
  path: ['cancel'],
  summary: 'stop a run and all that it started; it ends in ESCALATE',
  arguments: [runArgument],
  options: [{ flags: '--why <text>', description: 'words for the record', preset: '' }, tokenOption, jsonOption],
  examples: ["cancel deps-ms-2.1.3-1f0c9a2b --why 'the package goes next week'"],
  run: async (call) => {
    const [run = ''] = call.arguments;
    const summary = await acting(call, (factory, actor) => factory.cancel(run, { actor, why: call.text('why') ?? '' }));
    return {
      exitCode: 0,
      document: summary,
      text: (page) => `Cancelled ${summary.run}: ${stateText(summary, page)}  ${plain(summary.title)}`,
    };
  },
};
