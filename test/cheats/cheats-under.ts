import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SpecimenRunner } from '../../kit/repository/index.ts';
import { honestDeeds, type Deed } from '../../kit/station/index.ts';
import { cheatsTriedUnder } from './tried-under.ts';
import { matrixOf } from './matrix.ts';
import type { Gates, Row } from './matrix.ts';

/** The promises that are kept under every runner: each cheat that is tried there is refused, each honest fix accepted. */
export function cheatsUnder(runner: SpecimenRunner): void {
  const proof = process.env['JIDOKA_PROOF'];
  const cheats = cheatsTriedUnder(runner, proof === undefined ? 'two-runners' : 'every-runner');
  describe(`cheats under ${runner}`, () => {
    let rows: ReadonlyMap<string, Row> = new Map();
    beforeAll(async () => {
      // Whether a cheat gets past the tree's own command is written in the proof, and promised by nobody.
      const gatesOf = ({ kind }: Deed): Gates => (kind === 'honest' || proof !== undefined ? 'both' : 'sealed');
      const found = await matrixOf(runner, [...honestDeeds, ...cheats], gatesOf);
      rows = new Map(found.map((row) => [row.deed, row]));
      if (proof !== undefined) await keep(proof, runner, found);
    });

    it.each(honestDeeds.map((deed) => [deed.name, deed.statement]))('accepts %s: %s', (name) => {
      expect(rows.get(name)).toMatchObject({ naive: 'accepts', sealed: 'accepts', refusedBy: [] });
    });

    it.each(cheats.map((deed) => [deed.name, deed.statement]))('refuses %s: %s', (name) => {
      expect(rows.get(name)?.sealed).toBe('refuses');
    });
  });
}

/** Keeps the rows where a proof is being written; see scripts/prove-cheats.mjs. */
async function keep(folder: string, runner: SpecimenRunner, rows: readonly Row[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${runner.replace(':', '-')}.json`), JSON.stringify(rows));
}
