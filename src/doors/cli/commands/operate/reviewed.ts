import { type CommandRecord, jsonOption, runArgument } from '../../command.ts';
import { acting, tokenOption } from '../acting.ts';

/** `jidoka reviewed`: a person has looked at a result, and the line may start the next. */
export const reviewed: CommandRecord = {
  path: ['reviewed'],
  summary: 'say that you have looked at the result of a run',
  arguments: [runArgument],
  options: [tokenOption, jsonOption],
  examples: ['reviewed deps-ms-2.1.3-1f0c9a2b'],
  run: async (call) => {
    const [run = ''] = call.arguments;
    const did = await acting(call, (factory, actor) => factory.operations.reviewed(run, actor));
    const text = did ? `${run} no longer waits for a person.` : `${run} did not wait for a person.`;
    return { exitCode: 0, document: { run, changed: did }, text: () => text };
  },
};
