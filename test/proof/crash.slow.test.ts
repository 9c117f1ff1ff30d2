import { writeFile } from 'node:fs/promises';
import { crashSuite } from './suite.ts';
import { tableOf } from './table.ts';

/** What scripts/prove-crash.mjs asks for, as JSON. */
interface Order {
  readonly seed: string;
  readonly lanes: number;
  readonly instants: number;
  readonly only: string | null;
  /** File for what was proved. */
  readonly out: string;
}

const text = process.env['JIDOKA_CRASH'];
const say = (line: string): void => void process.stderr.write(`${line}\n`);

if (text === undefined) {
  crashSuite({ seed: '2', lanes: 2, boundaries: 12, instants: 16, crowds: 1, stops: 1, only: null, say }, { limitMs: 600_000 });
} else {
  const { out, ...order }: Order = JSON.parse(text);
  crashSuite(
    { ...order, boundaries: 'all', crowds: 8, stops: 4, say },
    {
      limitMs: 3_600_000,
      seen: async (proof) =>
        await writeFile(out, JSON.stringify({ postgres: proof.postgres, kinds: tableOf(proof), faults: proof.faults })),
    },
  );
}
