import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { RegistryDouble } from '../registry/index.ts';

/** How a registry differs from one at the root of its host that anybody may read. */
export interface FrontOptions {
  /** What its paths begin with: 'api/npm/all'. */
  readonly prefix?: string;
  /** Bearer token without which it answers 401, quoting what it was sent. */
  readonly token?: string;
  /** Tarballs are at `download/<name>/<file>`, of which only the metadata tells. */
  readonly ownTarballs?: boolean;
  /** Tarballs are answered by a redirect to the same path of this base. */
  readonly redirectTo?: string;
  /** Metadata goes out compressed. */
  readonly gzip?: boolean;
}

/** A registry over HTTP with habits that real ones have, in front of a double. */
export interface RegistryFront {
  /** With a trailing slash. */
  readonly url: string;
  /** Requests so far, each with the headers it came with. */
  requests(): readonly { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/**
 * Starts a registry in front of a double, on a free port of 127.0.0.1.
 *
 * @example
 * const front = await registryFront(double, { prefix: 'api/npm/all', token: 'secret' });
 */
export async function registryFront(double: RegistryDouble, options: FrontOptions = {}): Promise<RegistryFront> {
  const seen: { line: string; headers: IncomingMessage['headers'] }[] = [];
  let url = '';
  const server = createServer((asked, response) => {
    seen.push({ line: `${asked.method} ${asked.url}`, headers: asked.headers });
    answer({ double, options, url }, asked, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  url = `http://127.0.0.1:${port}/${options.prefix === undefined ? '' : `${options.prefix}/`}`;
  return { url, requests: () => [...seen], close: () => end(server) };
}

interface Front {
  readonly double: RegistryDouble;
  readonly options: FrontOptions;
  readonly url: string;
}

async function answer({ double, options, url }: Front, asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url);
  const path = asked.url ?? '';
  const { authorization } = asked.headers;
  const json = { 'content-type': 'application/json' };
  if (!path.startsWith(pathname)) return void response.writeHead(404, json).end('{"error":"no such registry"}');
  if (options.token !== undefined && authorization !== `Bearer ${options.token}`) {
    return void response.writeHead(401, json).end(JSON.stringify({ error: `who is ${authorization}?` }));
  }
  const below = path.slice(pathname.length);
  if (options.redirectTo !== undefined && below.endsWith('.tgz')) {
    return void response.writeHead(302, { location: `${options.redirectTo}${below}` }).end();
  }
  if (options.ownTarballs === true && below.includes('/-/')) return void response.writeHead(404, json).end('{}');
  await relay({ double, options, url }, below, response);
}

/** Asks the double, and makes its address in metadata into that of the front. */
async function relay({ double, options, url }: Front, below: string, response: ServerResponse): Promise<void> {
  const inner = await get(`${double.url}${below.replace(/^download\/(.*)\/([^/]*)$/, '$1/-/$2')}`);
  const isJson = inner.headers['content-type'] === 'application/json';
  const text = isJson ? inner.body.toString('utf8').replaceAll(double.url, url) : '';
  const told = options.ownTarballs === true ? text.replaceAll(/(?<="tarball":")([^"]*)"/g, (all) => ownPlace(all, url)) : text;
  const whole = isJson ? Buffer.from(told) : inner.body;
  const body = isJson && options.gzip === true ? gzipSync(whole) : whole;
  const encoding = body === whole ? {} : { 'content-encoding': 'gzip' };
  response.writeHead(inner.status, {
    ...pick(inner.headers),
    ...encoding,
    'content-length': body.length,
    'set-cookie': 'session=1',
    server: 'front/1',
  });
  response.end(body);
}

function ownPlace(tarball: string, url: string): string {
  return tarball.replace(url, `${url}download/`).replace('/-/', '/');
}

function pick({ 'content-type': type = 'text/plain' }: IncomingMessage['headers']) {
  return { 'content-type': type, etag: '"fixed"' };
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function get(url: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}

async function end(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
