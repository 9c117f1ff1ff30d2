import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SpecimenRunner } from '../../kit/repository/index.ts';
import { cheats, honestDeeds } from '../../kit/station/index.ts';
import { matrixOf } from './matrix.ts';
import type { Row } from './matrix.ts';

/** The promises that are kept under every runner: each cheat is refused, each honest fix accepted. */
export function cheatsUnder(runner: SpecimenRunner): void {
  describe(`cheats under ${runner}`, () => {
    let rows: ReadonlyMap<string, Row> = new Map();
    beforeAll(async () => {
      const found = await matrixOf(runner);
      rows = new Map(found.map((row) => [row.deed, row]));
      await keep(runner, found);
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
async function keep(runner: SpecimenRunner, rows: readonly Row[]): Promise<void> {
  const folder = process.env['JIDOKA_PROOF'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${runner.replace(':', '-')}.json`), JSON.stringify(rows));
}
