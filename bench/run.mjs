// Measures, and prints one JSON document: npm run bench [-- NAME…] [--pairs N]. Says nothing of pass or fail: goals stand beside figures.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { agentsBench } from './agents.mjs';
import { cancelTime, takeover } from './endings.mjs';
import { engineBench } from './engine.mjs';
import { floorBench } from './floor.mjs';
import { gatewayBench } from './gateway.mjs';
import { helpTime } from './help-time.mjs';
import { idle } from './idle.mjs';
import { installSize } from './install-size.mjs';
import { load, timed } from './measure.mjs';
import { overhead } from './overhead.mjs';
import { parked } from './parked.mjs';
import { partitions } from './partitions.mjs';
import { prefixBench } from './prefix.mjs';
import { running } from './running.mjs';
import { ticketBench } from './ticket.mjs';
import { translateBench } from './translate.mjs';
import { upTime } from './up.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = `${root}dist/src/doors/cli/main.js`;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { pairs: { type: 'string', default: '5' } } });

/** @type {Readonly<Record<string, () => unknown>>} */
const benches = {
  installSize: () => installSize(root),
  help: () => helpTime(program),
  ledger: () => JSON.parse(timed([process.execPath, ledgerBench()]).stdout),
  engine: engineBench,
  partitions,
  parked,
  idle,
  floor: floorBench,
  up: upTime,
  takeover,
  cancel: cancelTime,
  overhead: () => overhead(program, Number(values.pairs)),
  ticket: () => ticketBench(program, Number(values.pairs)),
  running,
  agents: agentsBench,
  translate: translateBench,
  prefix: prefixBench,
  gateway: () => gatewayBench(program),
};

const asked = positionals.length === 0 ? Object.keys(benches) : positionals;
/** @type {Record<string, unknown>} */
const results = {};
for (const name of asked) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`There is no bench "${name}": choose of ${Object.keys(benches).join(', ')}.`);
  console.error(`measuring ${name}`);
  results[name] = await bench();
}
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  platform: process.platform,
  node: process.version,
  npm: timed(['npm', '--version']).stdout.trim(),
  loadAverageAtTheEnd: load(),
};
console.log(JSON.stringify({ machine, ...results }, null, 2));

function ledgerBench() {
  const path = `${root}bench/ledger.mjs`;
  if (!existsSync(path)) throw new Error(`${path} is missing.`);
  return path;
}
