import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { ToldOutcomes } from '../../../../core/gateway/evaluation/record-attempts.ts';
import { type Answer, type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { plain } from '../../page.ts';
import { sinceOf, sinceOption } from '../since.ts';
import { withFactory } from '../../with-factory.ts';

/** `jidoka route export`: what attempts of models came to in this factory, as a record of outcomes. */
export const routeExport: CommandRecord = {
  path: ['route', 'export'],
  summary: "write runs as outcomes: what each model's attempt came to",
  arguments: [],
  options: [
    { flags: '--line <name>', description: 'only runs of this line' },
    sinceOption('attempts'),
    { flags: '--out <file>', description: 'file to write to; without it, they are printed' },
    jsonOption,
  ],
  examples: ['route export --out outcomes.jsonl', 'route export --line bug --since 2026-11-01 | jidoka route eval -'],
  run: async (call) => {
    const [line, out] = [call.text('line'), call.text('out')];
    const filter = { ...(line !== null && { line }), ...sinceOf(call) };
    const told = await withFactory(call, (factory) => factory.routing.outcomes(filter));
    if (told.records.length === 0) throw nothingToTell(told);
    return out === null ? printed(told) : await written(told, out, call);
  },
};

function printed(told: ToldOutcomes): Answer {
  return { exitCode: 0, document: told, text: () => linesOf(told).join('\n') };
}

async function written(told: ToldOutcomes, out: string, call: Call): Promise<Answer> {
  try {
    await writeFile(resolve(call.world.cwd, out), `${linesOf(told).join('\n')}\n`, { mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('usage', `--out ${out} cannot be written: ${why}.`, { mend: 'Give a path that can be written.', cause });
  }
  const { records, leftOut } = told;
  const text = `${records.length} attempts are in ${plain(out)}. ${leftOutText(leftOut)}`;
  return { exitCode: 0, document: { file: out, records: records.length, leftOut }, text: () => text };
}

function linesOf({ records }: ToldOutcomes): readonly string[] {
  return records.map((record) => JSON.stringify(record));
}

function leftOutText({ undecided, unpriced }: ToldOutcomes['leftOut']): string {
  return `Left out: ${undecided} that came to no verdict, ${unpriced} of which nobody knows the cost.`;
}

function nothingToTell({ leftOut }: ToldOutcomes): JidokaError {
  return new JidokaError('outcomes-invalid', `No attempt of a model can be told. ${leftOutText(leftOut)}`, {
    mend: 'Let runs end in which stations ask models, through the gateway of the factory, so that somebody counts; or widen --line and --since.',
  });
}
