import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRepository } from '../../kit/forge/index.ts';

/** A repository to work on, whose programs each leave a line outside of everything when they are run. */
export interface Target {
  readonly path: string;
  readonly base: string;
  /** What was run so far, in order. */
  tally(): Promise<readonly Deed[]>;
}

export interface Deed {
  /** Run, or for a station the key of its seed. */
  readonly who: string;
  readonly stage: string;
}

/** Makes the target in a folder that whoever commands run as may look into. */
export async function makeTarget(folder: string): Promise<Target> {
  const tally = join(folder, 'tally');
  await writeFile(tally, '');
  await chmod(tally, 0o666); // whatever the umask: commands may run as another user
  const path = join(folder, 'shop');
  await mkdir(path);
  const { commit } = await makeRepository(files(tally), { folder: path });
  return {
    path,
    base: commit,
    tally: async () => {
      const lines = (await readFile(tally, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => ({ who: line.slice(0, line.indexOf(' ')), stage: line.slice(line.indexOf(' ') + 1) }));
    },
  };
}

function files(tally: string): Readonly<Record<string, string>> {
  const manifest = { name: 'shop', version: '1.0.0' };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest } };
  return {
    'package.json': json({ ...manifest, private: true, scripts: { test: 'node --test' } }),
    'package-lock.json': json(lock),
    'src/total.js': 'exports.total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n',
    'test/total.test.js': [
      "const assert = require('node:assert');",
      "const { test } = require('node:test');",
      "const { total } = require('../src/total.js');",
      "test('adds up', () => assert.equal(total([1, 2]), 3));",
      "test('adds nothing up', () => assert.equal(total([]), 0));\n",
    ].join('\n'),
    'scripts/change.mjs': change(tally),
    'scripts/check.mjs': check(tally),
  };
}

/** How long a program goes on after it has left its line, so that it may be cut short: milliseconds. */
const worksMs = 250;

/** The first attempt touches what the line does not let it; whoever is told of that leaves it alone. */
function change(tally: string): string {
  return `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
const { packet, feedback } = JSON.parse(readFileSync(process.env.JIDOKA_PACKET, 'utf8'));
appendFileSync(${JSON.stringify(tally)}, packet.source.key + ' change\\n');
await setTimeout(${worksMs});
const mean = 'exports.mean = (prices) => exports.total(prices) / prices.length;\\n';
writeFileSync('src/total.js', readFileSync('src/total.js', 'utf8') + mean);
if (!feedback.some((objection) => objection.startsWith('inspection: '))) writeFileSync('notes.txt', 'There is a mean now.\\n');
`;
}

function check(tally: string): string {
  return `import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
appendFileSync(${JSON.stringify(tally)}, process.env.JIDOKA_RUN + ' ' + process.argv[2] + '\\n');
await setTimeout(${worksMs});
`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
