// What a user would pick instead, installed from npm for one run of the bench: a proxy that only hands on, which is what one more process
// between two costs at the least; and a gateway of models, of the same protocol and without keys, budgets and a record.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { timed } from './measure.mjs';

const versions = { 'http-proxy': '1.18.1', '@portkey-ai/gateway': '1.15.2' };
/** With the one that npm takes today it answers 500 to each request for a stream. */
const overrides = { '@hono/node-server': '1.13.5' };

/**
 * @param {string} folder
 * @param {string} upstream
 */
export async function gatewayPeers(folder, upstream) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions, overrides }));
  timed(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  const ports = [await freePort(), await freePort()];
  const loopback = `--import=${pathToFileURL(fileURLToPath(new URL('loopback-only.mjs', import.meta.url))).href}`;
  const portkey = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const children = [
    spawn(process.execPath, [fileURLToPath(new URL('bare-proxy.mjs', import.meta.url)), upstream, String(ports[0])], quiet(folder)),
    spawn(process.execPath, [loopback, portkey, `--port=${ports[1]}`, '--headless'], quiet(folder)),
  ];
  for (const port of ports) await listening(port);
  const custom = { 'x-portkey-provider': 'anthropic', 'x-portkey-custom-host': `${upstream}/v1`, authorization: 'Bearer none' };
  const path = '/v1/messages';
  return {
    versions: { ...versions, ...overrides },
    places: {
      'http-proxy': { url: `http://127.0.0.1:${ports[0]}`, path, headers: {}, model: 'up' },
      portkey: { url: `http://127.0.0.1:${ports[1]}`, path, headers: custom, model: 'up' },
    },
    stop: () => Promise.all(children.map(ended)),
  };
}

/**
 * @param {string} cwd
 * @returns {import('node:child_process').SpawnOptions}
 */
function quiet(cwd) {
  return { cwd, stdio: ['ignore', 'ignore', 'inherit'] };
}

/** @param {import('node:child_process').ChildProcess} child */
function ended(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(null);
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** @param {number} port */
async function listening(port) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await answers(port)) return;
    await pause(100);
  }
  throw new Error(`Nothing listens at port ${port} of 127.0.0.1 after 30 s.`);
}

/** @param {number} port */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
