// Lets real agents work on tickets against the model twin, honest and not, through every fault of a model's API, and holds
// each run to how it may end; writes what came of it to docs/proof/agents.json. Installs the agents from npm (2.1 GB):
//   node scripts/prove-agents.mjs [--agent codex]… [--only faults/]… [--resume] [--out FILE]
// --resume keeps what was found before with the very same code; two that are started with different agents share that. With
// --older beside it, what was found with other code is kept too, and counted as such. With --agent or --only nothing is written
// but what is kept so; --report tries nothing and writes what is kept. --patience 3 makes limits of time three times as long, for a machine that has much else to do.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

/** @typedef {{ agent: string, case: string, stages: string, digest: string, code: string, expected: readonly string[], outcome: string, seconds: number, orphans: number, faults: readonly string[] }} Cell */

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    agent: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    resume: { type: 'boolean', default: false },
    older: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    patience: { type: 'string', default: '1' },
    out: { type: 'string', default: join(root, 'docs/proof/agents.json') },
  },
});

const { agent: agents, resume, older, report } = values;
/** No case is called so. */
const only = report ? ['-'] : values.only;
const code = await digestOf(['src', 'lines/bug']);
const cells = join(tmpdir(), 'jidoka-prove-agents');
const folder = await mkdtemp(join(tmpdir(), 'jidoka-proof-'));
try {
  const before = resume || report ? (await cellsIn(cells)).filter((cell) => older || cell.code === code) : [];
  const plan = join(folder, 'plan.json');
  process.env['JIDOKA_AGENTS'] = JSON.stringify({ agents, only, before, cells, plan, code, patience: Number(values.patience) });
  const options = { root, config: join(root, 'vitest.agents.config.ts'), watch: false };
  const run = await startVitest('test', ['test/agents/matrix.agents.test.ts'], options);
  await run.close();
  /** @type {readonly { name: string, digest: string }[]} */
  const planned = JSON.parse(await readFile(plan, 'utf8'));
  const all = (await cellsIn(cells)).filter((cell) => older || cell.code === code);
  const found = planned.flatMap(({ name, digest: of }) => all.filter((cell) => nameOf(cell) === name && cell.digest === of));
  const missing = planned.length - found.length;
  const whole = report || (agents.length === 0 && only.length === 0);
  if (whole) await keep(found, planned.length);
  const failed = found.filter(({ faults }) => faults.length > 0);
  for (const cell of failed) console.error(`${nameOf(cell)}: ${cell.faults.join('; ')}`);
  console.log(`${found.length} of ${planned.length} cells, ${failed.length} failed`);
  if (failed.length > 0 || found.length === 0 || (whole && missing > 0)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {string} place
 * @returns {Promise<readonly Cell[]>}
 */
async function cellsIn(place) {
  const names = await readdir(place).catch(() => []);
  return await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(place, name), 'utf8'))));
}

/** @param {Pick<Cell, 'agent' | 'case'>} cell */
function nameOf({ agent, case: name }) {
  return `${agent} ${name}`;
}

/**
 * The code of the factory and the line: what decides how a trial ends, beside the trial itself and who plays the model.
 *
 * @param {readonly string[]} places
 */
async function digestOf(places) {
  const hash = createHash('sha256');
  for (const place of places) {
    const entries = await readdir(join(root, place), { recursive: true, withFileTypes: true });
    const files = entries.filter(
      (entry) => !entry.parentPath.includes('/plant/twin') && entry.isFile() && !/\.test\.ts$|\.jsonl$/.test(entry.name),
    );
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
      hash
        .update(path.slice(root.length))
        .update('\0')
        .update(await readFile(path));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {readonly Cell[]} found
 * @param {number} planned
 */
async function keep(found, planned) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { catalogue } = await import('../dist/src/plant/station/agents/catalogue/index.js');
  /** @type {readonly { package: string, recommended: string, name: string, adapterOf: string | null }[]} */
  const known = catalogue;
  const driven = known.filter(({ name, adapterOf }) =>
    found.some(
      (cell) =>
        (!cell.case.includes('not-installed') && [name, `acp:${adapterOf ?? name}`].includes(cell.agent)) ||
        cell.case.startsWith(`acp/${name}-`),
    ),
  );
  const versions = Object.fromEntries(driven.map((one) => [one.name, `${one.package}@${one.recommended}`]));
  const counted = (/** @type {(cell: Cell) => string} */ by) =>
    Object.fromEntries([...new Set(found.map(by))].map((key) => [key, found.filter((cell) => by(cell) === key).length]));
  const kept = {
    command: 'npm run prove:agents',
    jidoka: version,
    node: process.version,
    versions,
    planned,
    count: found.length,
    failed: found.filter(({ faults }) => faults.length > 0).length,
    orphans: found.reduce((sum, { orphans }) => sum + orphans, 0),
    ofOlderCode: found.filter((cell) => cell.code !== code).length,
    seconds: Math.round(found.reduce((sum, { seconds }) => sum + seconds, 0)),
    byAgent: counted(({ agent }) => agent),
    byVerdict: counted(({ outcome }) => outcome.split(' ')[0] ?? ''),
    cells: found.map((cell) => ({ ...cell, digest: undefined, code: undefined, ...(cell.code === code ? {} : { isOfOlderCode: true }) })),
  };
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(kept, null, 2)}\n`);
}
