import { exitCode } from '../../../core/verdict/verdict.ts';
import { type CommandRecord, jsonOption, runArgument } from '../command.ts';
import { resultText } from '../result-text.ts';
import { selfCommand } from '../self-command.ts';
import { withFactory } from '../with-factory.ts';

/** `jidoka resume`: takes up a run whose process ended, or tells how the run ended. */
export const resume: CommandRecord = {
  path: ['resume'],
  summary: 'take up a run that was interrupted',
  arguments: [runArgument],
  options: [jsonOption, { flags: '--detailed-exitcode', description: 'end with 10 instead of 0 for NO_OP' }],
  examples: ['resume deps-ms-2.1.3-1f0c9a2b'],
  run: async (call) => {
    const [run = ''] = call.arguments;
    const { result, repository } = await withFactory(call, async (factory, watch) => ({
      result: await factory.resume(run, watch),
      repository: (await factory.show(run)).summary.repository,
    }));
    const context = { repository, self: selfCommand(call.world) };
    return {
      exitCode: exitCode(result.verdict, { detailed: call.flag('detailed-exitcode') }),
      document: result,
      text: (page) => resultText(result, context, page),
    };
  },
};
