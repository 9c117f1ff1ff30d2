import { writeFile } from 'node:fs/promises';
import type { Proof } from './proof.ts';
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
  const extent = { lanes: 2, boundaries: 6, instants: 4, killsPerRun: 4, pairs: 1, triples: 1, stops: 1 };
  crashSuite({ ...extent, seed: '2', only: null, say }, { limitMs: 600_000 });
} else {
  const { out, ...order }: Order = JSON.parse(text);
  const seen = (proof: Proof): Promise<void> =>
    writeFile(out, JSON.stringify({ postgres: proof.postgres, kinds: tableOf(proof), faults: proof.faults }));
  const extent = { boundaries: 'all', killsPerRun: 4, pairs: 8, triples: 8, stops: 4 } as const;
  crashSuite({ ...order, ...extent, say }, { limitMs: 3_600_000, seen });
}
