import { access, constants } from 'node:fs/promises';
import { get, type IncomingMessage, type RequestOptions } from 'node:http';
import { delimiter, join } from 'node:path';
import type { Finding } from '../core/ports/factory.ts';
import { finding } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Looks whether floors that are not used could be: nothing is started, and nobody is waited for long.
 *
 * @param engines Sockets and addresses at which an engine of containers may answer.
 */
export async function otherFloors(used: string, engines: readonly string[], env: Environment): Promise<readonly Finding[]> {
  const [container, ssh] = await Promise.all([
    used === 'container' ? null : containerFloor(engines),
    used === 'ssh' ? null : sshFloor(env),
  ]);
  return [container, ssh].filter((found) => found !== null);
}

async function containerFloor(places: readonly string[]): Promise<Finding> {
  const answers = await Promise.all(places.map(answerOf));
  const answer = answers.find((found) => found !== null) ?? null;
  const tried = `no engine answers at ${places.join(' or ')}`;
  const mend = 'Start Docker or Podman, or name the socket of its API in JIDOKA_DOCKER, to use --floor container.';
  return finding('optional', 'floor container could be used', answer !== null, answer ?? tried, mend);
}

const patienceMs = 1_000;

/** What answers at a socket or address as an engine does; null for nothing. */
async function answerOf(place: string): Promise<string | null> {
  const options = addressOf(place);
  if (options === null) return null;
  const response = await answered({ ...options, path: '/_ping', timeout: patienceMs }).catch(() => null);
  if (response?.statusCode !== 200) return null;
  const { server } = response.headers;
  return `${server ?? 'an engine'} answers at ${place}`;
}

function addressOf(place: string): RequestOptions | null {
  if (place.startsWith('/')) return { socketPath: place };
  const url = URL.canParse(place) ? new URL(place) : null;
  if (url?.protocol === 'unix:') return { socketPath: url.pathname };
  return url?.protocol === 'tcp:' || url?.protocol === 'http:' ? { host: url.hostname, port: url.port } : null;
}

function answered(options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(options, (response) => resolve(response.resume()));
    request.on('timeout', () => request.destroy(new Error('timeout'))).on('error', reject);
  });
}

async function sshFloor(env: Environment): Promise<Finding> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => isProgram(join(folder, 'ssh'))));
  const at = found.indexOf(true);
  const mend = 'Install an OpenSSH client to use --floor ssh:USER@HOST.';
  return finding('optional', 'floor ssh could be used', at !== -1, at === -1 ? 'no ssh on PATH' : join(folders[at] ?? '', 'ssh'), mend);
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
