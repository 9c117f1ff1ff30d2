// Kills the processes of real runs with SIGKILL at every event, at random instants, and in crowds, holds each run against
// one that nobody disturbed, and writes what came of it to docs/proof/crash.json:
//   node scripts/prove-crash.mjs [--instants 200] [--seed TEXT] [--lanes 3] [--out FILE]
//   node scripts/prove-crash.mjs --only instants:12 --seed TEXT     tries one failed trial again and writes nothing
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

/** @typedef {{ kind: string, trials: number, passed: number, boundaries?: { met: number, of: number } }} Row */

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    instants: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    lanes: { type: 'string', default: '3' },
    only: { type: 'string' },
    out: { type: 'string', default: join(root, 'docs/proof/crash.json') },
  },
});

const { seed, only = null } = values;
const folder = await mkdtemp(join(tmpdir(), 'jidoka-crash-'));
const startedMs = performance.now();
try {
  const file = join(folder, 'proof.json');
  process.env['JIDOKA_CRASH'] = JSON.stringify({ seed, lanes: Number(values.lanes), instants: Number(values.instants), only, out: file });
  console.error(`seed ${seed}`);
  const options = { root, config: join(root, 'vitest.proof.config.ts'), watch: false };
  const run = await startVitest('test', ['test/proof/crash.proof.test.ts'], options);
  await run.close();
  const proof = JSON.parse(await readFile(file, 'utf8'));
  const failed = failuresOf(proof.kinds.filter((/** @type {Row} */ { kind }) => only === null || only.startsWith(`${kind}:`)));
  if (only === null) await keep(proof, failed);
  console.log(JSON.stringify(proof, null, 2));
  for (const failure of failed) console.error(failure);
  if (proof.faults.length > 0 || failed.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param {readonly Row[]} rows */
function failuresOf(rows) {
  return rows.flatMap(({ kind, trials, passed, boundaries }) => [
    ...(trials === 0 ? [`${kind}: nothing was tried`] : []),
    ...(passed < trials ? [`${kind}: ${trials - passed} trials failed; each is tried again by --only KIND:NUMBER --seed ${seed}`] : []),
    ...(only === null && boundaries !== undefined && boundaries.met < boundaries.of
      ? [`${kind}: ${boundaries.of - boundaries.met} boundaries were not met`]
      : []),
  ]);
}

/**
 * Figures of a machine, without its name.
 *
 * @param {{ postgres: string, kinds: readonly Row[], faults: readonly string[] }} proof
 * @param {readonly string[]} failed
 */
async function keep(proof, failed) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const kept = {
    command: 'npm run crash',
    seed,
    jidoka: version,
    node: process.version,
    postgres: proof.postgres,
    seconds: Math.round((performance.now() - startedMs) / 1000),
    failed: [...failed, ...proof.faults],
    kinds: proof.kinds,
  };
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(kept, null, 2)}\n`);
}
