// Keeps the history of a run for ever: node scripts/record-history.mjs EVIDENCE_FOLDER LINE_FILE [NAME]
// Copies ledger.jsonl and seal.json of an evidence folder to test/histories/<version that recorded it>/<name>.jsonl, with
// the paths, hosts and people of this machine replaced by neutral ones, and the run's line beside it. Hashes are left as
// recorded and no longer fit what was replaced: a replay reads what happened, `jidoka evidence verify` is not for it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './generated.mjs';

/**
 * @typedef {{ readonly name: string, readonly location: string }} Repository
 * @typedef {{ readonly type: string, readonly version?: string, readonly line?: { readonly name: string }, readonly seed?: { readonly repository: Repository, readonly actor: string }, readonly where?: { readonly host: string, readonly user: string } }} Body
 * @typedef {{ readonly run: string, readonly body: Body }} Recorded
 */

const [folder, lineFile, name] = process.argv.slice(2);
if (folder === undefined || lineFile === undefined) {
  console.error('Usage: node scripts/record-history.mjs EVIDENCE_FOLDER LINE_FILE [NAME]');
  process.exit(2);
}
const seal = join(folder, 'seal.json');
const ledger = readFileSync(join(folder, 'ledger.jsonl'), 'utf8').trim().split('\n');
const lines = existsSync(seal) ? [...ledger, JSON.stringify(read(readFileSync(seal, 'utf8')))] : ledger;
const events = lines.map(read);
const started = events[0]?.body;
if (started?.type !== 'run.started' || started.version === undefined || started.line === undefined) {
  console.error(`${folder}/ledger.jsonl does not begin with the start of a run. Name a folder that jidoka wrote a run's evidence to.`);
  process.exit(1);
}
const place = join(root, 'test/histories', started.version);
mkdirSync(join(place, 'lines'), { recursive: true });
const file = join(place, `${name ?? basename(events[0]?.run ?? 'run')}.jsonl`);
const kept = join(place, 'lines', `${started.line.name}.yaml`);
writeFileSync(file, `${neutral(lines.join('\n'), events)}\n`);
writeFileSync(kept, readFileSync(lineFile));
console.log(`${events.length} events in ${file}\nits line in ${kept}`);

/** @param {string} line @returns {Recorded} */
function read(line) {
  return JSON.parse(line);
}

/**
 * @param {string} recorded
 * @param {readonly Recorded[]} told
 */
function neutral(recorded, told) {
  const bodies = told.map(({ body }) => body);
  const repositories = bodies.flatMap(({ seed }) => seed?.repository ?? []);
  const places = bodies.flatMap(({ where }) => where ?? []);
  const swaps = [
    ...repositories.map(({ name: short, location }) => [location, `/repository/${short}`]),
    ...numbered([...places.map(({ host }) => host), hostname()], 'host').map(([host, other]) => [
      `"host":${JSON.stringify(host)}`,
      `"host":"${other}"`,
    ]),
    ...numbered(
      places.map(({ user }) => user),
      'user',
    ).map(([user, other]) => [`"user":${JSON.stringify(user)}`, `"user":"${other}"`]),
    ...bodies.flatMap(({ seed }) => (seed === undefined ? [] : [[JSON.stringify(seed.actor), '"cli:user-1"']])),
    [homedir(), '/home/user-1'],
    [userInfo().homedir, '/home/user-1'],
  ];
  // The longest first, so that a folder is not taken out of a path that is replaced as a whole.
  const ordered = swaps.filter(([from = '']) => from.length > 1).toSorted(([left = ''], [right = '']) => right.length - left.length);
  const swapped = ordered.reduce((all, [from = '', to = '']) => all.replaceAll(from, to), recorded);
  // What is left of this machine is in temporary folders.
  return swapped.replaceAll(/\/(?:private\/)?(?:tmp|var\/folders)\/[^"\\\s]*/g, '/tmp/somewhere');
}

/**
 * @param {readonly string[]} names
 * @param {string} kind
 * @returns {readonly [string, string][]}
 */
function numbered(names, kind) {
  return [...new Set(names)].map((one, at) => [one, `${kind}-${at + 1}`]);
}
