import { JidokaError } from '../../../../core/base/error.ts';
import type { JudgedRun } from '../../../../core/ports/factory.ts';
import { type Call, type CommandRecord, jsonOption, runArgument } from '../../command.ts';
import { plain } from '../../page.ts';
import { acting, tokenOption } from '../acting.ts';

/** `jidoka judge`: a person says whether what a run came to was right, which the factory learns from. */
export const judge: CommandRecord = {
  path: ['judge'],
  summary: 'say whether the result of a run was right, to learn from',
  arguments: [runArgument],
  options: [
    { flags: '--right', description: 'the last change of the run is right, whatever its verdict' },
    { flags: '--wrong', description: 'it is wrong: it was reverted, or had to be mended' },
    { flags: '--why <text>', description: 'words for the record' },
    tokenOption,
    jsonOption,
  ],
  examples: ['judge bug-crash-1f0c9a2b --right', "judge bug-crash-1f0c9a2b --wrong --why 'reverted: it broke the import'"],
  run: async (call) => {
    const [run = ''] = call.arguments;
    const right = rightOf(call);
    const why = (call.text('why') ?? '').trim();
    const judged = await acting(call, (factory, actor) => factory.routing.judge(run, { right, why, actor }));
    return { exitCode: 0, document: judged, text: () => judgedText(judged) };
  },
};

function rightOf(call: Call): boolean {
  const [right, wrong] = [call.flag('right'), call.flag('wrong')];
  if (right !== wrong) return right;
  throw new JidokaError('usage', right ? 'Both --right and --wrong were given.' : 'Neither --right nor --wrong was given.', {
    mend: 'Say one of the two: jidoka judge RUN --wrong --why TEXT.',
  });
}

function judgedText({ run, verdict, right, changed }: JudgedRun): string {
  const found = right ? 'right' : 'wrong';
  if (!changed) return `${plain(run)} (${verdict}) was said to be ${found} before.`;
  return `${plain(run)} (${verdict}) is on record as ${found}. What is said last counts.`;
}
