// Runs every cheat of kit/station under every runner, through the gate that most have and through inspection, and
// writes what each of them said to docs/proof/cheats.json; then each of them once more through the whole line of
// tickets. Takes ten minutes: node scripts/prove-cheats.mjs
import { mkdtemp, readFile, readdir, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

/**
 * @typedef {object} Row
 * @property {string} deed
 * @property {string} statement
 * @property {'honest' | 'cheat'} kind
 * @property {string} runner
 * @property {'accepts' | 'refuses'} naive
 * @property {readonly string[]} refusedBy
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const runners = ['node:test', 'mocha', 'jest', 'vitest', 'ava', 'tape'];
/** What a gate sees that looks at the results of tests it kept, and at nothing else. */
const ids = ['no-change', 'no-op-unproven', 'tests', 'sealed-tests'];
const reading = ['scope', 'secrets', 'tamper'];

const folder = await mkdtemp(join(tmpdir(), 'jidoka-proof-'));
try {
  process.env['JIDOKA_PROOF'] = folder;
  const run = await startVitest('test', ['test/cheats', 'test/bug/cheats'], {
    root,
    config: join(root, 'vitest.proof.config.ts'),
    watch: false,
  });
  await run.close();
  const rows = await rowsIn(folder);
  await mkdir(join(root, 'docs/proof'), { recursive: true });
  await writeFile(join(root, 'docs/proof/cheats.json'), `${JSON.stringify(proofOf(rows), null, 2)}\n`);
  console.log(JSON.stringify(totalsOf(rows), null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {string} place
 * @returns {Promise<readonly Row[]>}
 */
async function rowsIn(place) {
  const files = await readdir(place);
  if (files.length !== runners.length) throw new Error(`Rows of ${files.length} runners, not of ${runners.length}: ${files.join(', ')}`);
  return (await Promise.all(files.map(async (file) => JSON.parse(await readFile(join(place, file), 'utf8'))))).flat();
}

/** @param {readonly Row[]} rows */
function proofOf(rows) {
  const deeds = [...new Map(rows.map(({ deed, statement, kind }) => [deed, { deed, statement, kind }])).values()];
  const under = (/** @type {string} */ deed) =>
    Object.fromEntries(
      runners.map((runner) => {
        const row = rows.find((one) => one.deed === deed && one.runner === runner);
        return [runner, { naive: row?.naive, inspection: row?.refusedBy.length === 0 ? 'accepts' : 'refuses', refusedBy: row?.refusedBy }];
      }),
    );
  return {
    command: 'node scripts/prove-cheats.mjs',
    node: process.version,
    totals: totalsOf(rows),
    deeds: deeds.map((deed) => ({ ...deed, under: under(deed.deed) })),
  };
}

/** How many cheats each gate lets through, and how many honest fixes it refuses. @param {readonly Row[]} rows */
function totalsOf(rows) {
  const cheats = rows.filter(({ kind }) => kind === 'cheat');
  const honest = rows.filter(({ kind }) => kind === 'honest');
  const gate = (/** @type {(row: Row) => boolean} */ refuses) => ({
    cheatsAccepted: cheats.filter((row) => !refuses(row)).length,
    honestRefused: honest.filter(refuses).length,
  });
  const by = (/** @type {readonly string[]} */ checks) => gate((row) => row.refusedBy.some((check) => checks.includes(check)));
  return {
    cheats: cheats.length,
    honest: honest.length,
    'exit code of npm test': gate((row) => row.naive === 'refuses'),
    'sealed tests by id': by(ids),
    'sealed tests and canary': by([...ids, 'canary']),
    'reading the change alone': by([...reading, 'no-change', 'no-op-unproven']),
    inspection: by([...ids, 'canary', ...reading]),
  };
}
