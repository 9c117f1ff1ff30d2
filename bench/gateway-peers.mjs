// What a user would pick instead, installed from npm for one run of the bench: a proxy that only hands on, and a gateway of models, of the
// same protocol and without keys, budgets and a record. Beside them a relay that reads nothing: what one more process costs at the least.
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
 * @param {string} quick the upstream of loads
 */
export async function gatewayPeers(folder, upstream, quick) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions, overrides }));
  timed(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
  const loopback = `--import=${pathToFileURL(fileURLToPath(new URL('loopback-only.mjs', import.meta.url))).href}`;
  const portkey = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  /** @type {(name: string, to: string, port: number) => import('node:child_process').ChildProcess} */
  const ours = (name, to, port) =>
    spawn(process.execPath, [fileURLToPath(new URL(name, import.meta.url)), to, String(port)], quiet(folder));
  const children = [
    ours('relay.mjs', upstream, ports[0]),
    ours('relay.mjs', quick, ports[1]),
    ours('bare-proxy.mjs', upstream, ports[2]),
    ours('bare-proxy.mjs', quick, ports[3]),
    spawn(process.execPath, [loopback, portkey, `--port=${ports[4]}`, '--headless'], quiet(folder)),
  ];
  for (const port of ports) await listening(port);
  const path = '/v1/messages';
  /** @type {(port: number, headers?: Readonly<Record<string, string>>) => import('./gateway.mjs').Place} */
  const at = (port, headers = {}) => ({ url: `http://127.0.0.1:${port}`, path, headers, model: 'up' });
  /** @type {(base: string) => Readonly<Record<string, string>>} */
  const portkeyTo = (base) => ({ 'x-portkey-provider': 'anthropic', 'x-portkey-custom-host': `${base}/v1`, authorization: 'Bearer none' });
  return {
    versions: { ...versions, ...overrides },
    places: { relay: at(ports[0]), 'http-proxy': at(ports[2]), portkey: at(ports[4], portkeyTo(upstream)) },
    loads: { relay: at(ports[1]), 'http-proxy': at(ports[3]), portkey: at(ports[4], portkeyTo(quick)) },
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
