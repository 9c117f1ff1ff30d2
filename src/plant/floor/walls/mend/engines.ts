import { request } from 'node:http';
import type { MendEnvironment } from './machine.ts';

/** How long an engine may take to answer, in milliseconds. */
const patienceMs = 500;

/** The engines of containers that answer at one of the usual sockets, or where DOCKER_HOST says. */
export async function answeringEngines(env: MendEnvironment): Promise<readonly string[]> {
  const answers = await Promise.all(socketsOf(env).map(async ({ engine, path }) => ((await answers200(path)) ? [engine] : [])));
  return [...new Set(answers.flat())];
}

/** Where engines would listen; one that is asked over the network is not asked here. */
export function socketsOf(env: MendEnvironment): readonly { readonly engine: string; readonly path: string }[] {
  const told = /^unix:\/\/(\/.+)$/.exec(env['DOCKER_HOST'] ?? '')?.[1];
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  return [
    ...(told === undefined ? [] : [{ engine: told.includes('podman') ? 'Podman' : 'Docker', path: told }]),
    { engine: 'Docker', path: '/var/run/docker.sock' },
    ...(runtime === '' ? [] : [{ engine: 'Docker', path: `${runtime}/docker.sock` }]),
    ...(runtime === '' ? [] : [{ engine: 'Podman', path: `${runtime}/podman/podman.sock` }]),
    { engine: 'Podman', path: '/run/podman/podman.sock' },
  ];
}

function answers200(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', agent: false, timeout: patienceMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(false));
    asked.end();
  });
}
