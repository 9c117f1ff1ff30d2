import { linesFile, scratch } from './lines.ts';

export const tapeDriverFile = `${scratch}/tape-driver.cjs`;
export const tapePreloadFile = `${scratch}/tape-preload.cjs`;

/**
 * Preloaded into each test file's process: gives tape a stream of its own instead of console.log, so that what tests
 * print (or a test that replaces console.log) cannot mix with the results.
 */
export const tapePreload = `'use strict';
const { openSync, writeSync } = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { Writable } = require('stream');
const file = process.env.JIDOKA_TAPE_FILE;
delete process.env.JIDOKA_TAPE_FILE;
try {
  const from = createRequire(path.join(process.cwd(), 'x.js'));
  const id = from.resolve(path.join(path.dirname(from.resolve('tape/package.json')), 'lib', 'default_stream.js'));
  const out = openSync(path.resolve('${linesFile}'), 'a');
  const write = (chunk, encoding, done) => {
    writeSync(out, JSON.stringify({ tapOf: file, text: String(chunk) }) + '\\n');
    done();
  };
  if (file) require.cache[id] = { id, filename: id, loaded: true, children: [], paths: [], exports: () => new Writable({ write }) };
} catch {}
`;

/**
 * Runs test files one after the other, each in a process of its own, and writes as JSON lines how each ended. Where
 * the preload did not get hold of tape, a file's stdout is taken for its TAP.
 */
export const tapeDriver = `'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const [, , nodeArgs, ...files] = process.argv;
const lines = path.resolve('${linesFile}');
const preload = ['-r', path.resolve('${tapePreloadFile}')];
const say = (entry) => fs.appendFileSync(lines, JSON.stringify(entry) + '\\n');
const size = () => fs.statSync(lines).size;

function keep(stream, to) {
  const kept = [];
  stream.on('data', (chunk) => { kept.push(chunk); to.write(chunk); });
  return () => Buffer.concat(kept).toString('utf8');
}

function run(index) {
  if (index === files.length) return say({ end: true });
  const file = files[index];
  say({ running: file });
  const before = size();
  const env = { ...process.env, JIDOKA_TAPE_FILE: file };
  const child = spawn(process.execPath, [...preload, ...JSON.parse(nodeArgs), file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = keep(child.stdout, process.stdout);
  const err = keep(child.stderr, process.stderr);
  child.on('close', (code, signal) => {
    if (size() === before) say({ tapOf: file, text: out() });
    say({ done: file, code, signal, said: code === 0 ? '' : err().trim().slice(0, 4000) });
    run(index + 1);
  });
}
run(0);
`;
