import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PriorTables } from '../../core/gateway/routing/priors.ts';

/** What is publicly known of models, as it comes with the package: models/priors.json. */
export async function publicPriors(): Promise<PriorTables> {
  const here = fileURLToPath(import.meta.url);
  // Compiled, this file is one folder deeper than its source.
  const root = here.includes(`${sep}dist${sep}src${sep}`) ? '../../../../' : '../../../';
  return PriorTables.parse(JSON.parse(await readFile(new URL(`${root}models/priors.json`, import.meta.url), 'utf8')));
}
