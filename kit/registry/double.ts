import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { misbehave, type Behaviour } from './behaviour.ts';
import type { FakePackage } from './packages.ts';
import { packumentOf, tarballAt } from './packument.ts';

/** What the double is to serve; everything may change while it runs. */
export interface DoubleOptions {
  readonly packages: readonly FakePackage[];
  /** What the bulk advisory endpoint answers, by package; without it the endpoint answers 405, as mirrors do. */
  readonly advisories?: Readonly<Record<string, readonly object[]>>;
}

/** A registry over HTTP from which npm can install. */
export interface RegistryDouble {
  /** With a trailing slash, as `.npmrc` wants it. */
  readonly url: string;
  /** Adds a package, or replaces the one of that name. */
  publish(pkg: FakePackage): void;
  /** Makes every answer about a package go wrong until told otherwise, or only the next `times`. */
  behave(name: string, behaviour: Behaviour, times?: number): void;
  /** Requests so far, as 'GET /name'; scoped names decoded. */
  requests(): readonly string[];
  /** How often a package's list of releases was asked for. */
  asked(name: string): number;
  close(): Promise<void>;
}

/**
 * Starts a registry double on a free port of 127.0.0.1.
 *
 * @example
 * const registry = await registryDouble({ packages: [fakePackage('a', { '1.0.0': {} })] });
 * await writeFile('.npmrc', `registry=${registry.url}\n`);
 */
export async function registryDouble(options: DoubleOptions): Promise<RegistryDouble> {
  const packages = new Map(options.packages.map((pkg) => [pkg.name, pkg]));
  const behaviours = new Map<string, { behaviour: Behaviour; left: number }>();
  const log: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://double').pathname);
    log.push(`${request.method} ${path}`);
    const name = nameIn(path);
    const wrong = behaviours.get(name);
    if (wrong === undefined || wrong.left <= 0) return serve(request, response, { path, name });
    wrong.left -= 1;
    misbehave(wrong.behaviour, response, () => serve(request, response, { path, name }));
  });
  const serve = (request: IncomingMessage, response: ServerResponse, asked: { path: string; name: string }): void => {
    const base = `http://${request.headers.host}/`;
    if (asked.path === bulk)
      return answerJson(response, options.advisories === undefined ? 405 : 200, options.advisories ?? { error: 'not allowed' });
    const pkg = packages.get(asked.name);
    const tarball = pkg && tarballAt(pkg, asked.path);
    if (tarball) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball);
    const known = pkg !== undefined && asked.path === `/${asked.name}`;
    answerJson(response, known ? 200 : 404, known ? packumentOf(pkg, base) : { error: 'Not found' });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  return {
    url: `http://127.0.0.1:${port}/`,
    publish: (pkg) => void packages.set(pkg.name, pkg),
    behave: (name, behaviour, times = Number.POSITIVE_INFINITY) => void behaviours.set(name, { behaviour, left: times }),
    requests: () => [...log],
    asked: (name) => log.filter((line) => line === `GET /${name}`).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const bulk = '/-/npm/v1/security/advisories/bulk';

/** '/@scope/name/-/name-1.0.0.tgz' and '/@scope/name' are both about '@scope/name'; the bulk endpoint about '-'. */
function nameIn(path: string): string {
  const [first = '', second = ''] = path.slice(1).split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
