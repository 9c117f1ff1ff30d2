import { scratch } from './lines.ts';

/** File a driven test file's TAP is written to; its name is followed by the number of the file. */
export const tapFolder = `${scratch}/tap`;

/**
 * Preloaded into each driven file: gives tape a stream of its own instead of console.log, so that what tests print
 * (or a test that replaces console.log) cannot mix with the results.
 */
export const tapePreload = `'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { openSync, writeSync } = fs;
const file = process.env.JIDOKA_TAP;
try {
  const from = createRequire(path.join(process.cwd(), 'x.js'));
  const stream = path.join(path.dirname(from.resolve('tape/package.json')), 'lib', 'default_stream.js');
  const { Writable } = require('stream');
  let out;
  const write = (chunk, encoding, done) => {
    if (out === undefined) out = openSync(file, 'a');
    writeSync(out, chunk);
    done();
  };
  const id = from.resolve(stream);
  require.cache[id] = { id, filename: id, loaded: true, children: [], paths: [], exports: () => new Writable({ write }) };
} catch {}
delete process.env.JIDOKA_TAP;
`;

/**
 * Runs test files one after the other, each in a process of its own, and says on stdout, as JSON lines, how each
 * ended. Their own output goes to stderr, and to the TAP file where the preload did not get hold of tape.
 */
export const tapeDriver = `'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const { nodeArgs, files } = JSON.parse(process.argv[2]);
const folder = path.resolve('${tapFolder}');
fs.mkdirSync(folder, { recursive: true });
const preload = path.resolve('${scratch}/tape-preload.cjs');
const say = (entry) => fs.appendFileSync(path.resolve('${scratch}/driver.ndjson'), JSON.stringify(entry) + '\\n');

function run(index) {
  if (index === files.length) return say({ end: true });
  const file = files[index];
  const tap = path.join(folder, index + '.tap');
  const env = { ...process.env, JIDOKA_TAP: tap };
  say({ running: file, tap: index + '.tap' });
  const child = spawn(process.execPath, ['-r', preload, ...nodeArgs, file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const out = [];
  child.stdout.on('data', (chunk) => { out.push(chunk); process.stdout.write(chunk); });
  child.on('close', (code, signal) => {
    if (!fs.existsSync(tap)) fs.writeFileSync(tap, Buffer.concat(out));
    say({ done: file, code, signal });
    run(index + 1);
  });
}
run(0);
`;
