import { request } from 'node:http';
import { enginePlaces, engineSocket } from '../../engine-places.ts';
import type { MendEnvironment } from './machine.ts';

/** How long an engine may take to answer, in milliseconds. */
const patienceMs = 500;

/** The engines of containers that answer where a floor of containers would look for one. */
export async function answeringEngines(env: MendEnvironment): Promise<readonly string[]> {
  const answers = await Promise.all(socketsOf(env).map(async ({ engine, path }) => ((await answers200(path)) ? [engine] : [])));
  return [...new Set(answers.flat())];
}

/** Where engines would listen; one that is asked over the network is not asked here. */
export function socketsOf(env: MendEnvironment): readonly { readonly engine: string; readonly path: string }[] {
  const paths = enginePlaces(env).map(engineSocket);
  return paths.filter((path) => path !== null).map((path) => ({ engine: path.includes('podman') ? 'Podman' : 'Docker', path }));
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
