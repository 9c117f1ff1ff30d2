import { exitCode } from '../../../core/verdict/verdict.ts';
import { type CommandRecord, jsonOption, runArgument } from '../command.ts';
import { watchingRuns } from '../live/watching-runs.ts';
import { resultText } from '../result-text.ts';
import { selfCommand } from '../self-command.ts';
import { warnUnconfined } from './unconfined.ts';
import { withFactory } from '../with-factory.ts';

/** `jidoka resume`: takes up a run whose process ended, or tells how the run ended. */
export const resume: CommandRecord = {
  path: ['resume'],
  summary: 'take up a run that was interrupted',
  arguments: [runArgument],
  options: [
    { flags: '--watch', description: 'tell every event of the ledger as it comes' },
    jsonOption,
    { flags: '--detailed-exitcode', description: 'end with 10 instead of 0 for NO_OP' },
  ],
  examples: ['resume deps-ms-2.1.3-1f0c9a2b'],
  run: async (call) => {
    const [run = ''] = call.arguments;
    const { result, repository } = await withFactory(call, async (factory, beside) => {
      warnUnconfined(call, beside);
      const take = (watch = beside.watch): ReturnType<typeof factory.resume> => factory.resume(run, watch);
      const taken = call.flag('watch') ? await watchingRuns({ call, factory, beside }, take) : await take();
      return { result: taken, repository: (await factory.show(run)).summary.repository };
    });
    const context = { repository, self: selfCommand(call.world) };
    return {
      exitCode: exitCode(result.verdict, { detailed: call.flag('detailed-exitcode') }),
      document: result,
      text: (page) => resultText(result, context, page),
    };
  },
};
