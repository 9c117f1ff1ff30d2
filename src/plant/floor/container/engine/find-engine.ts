import type Dockerode from 'dockerode';
import { z } from 'zod';
import { JidokaError } from '../../../../core/base/error.ts';
import type { HostEnvironment } from '../../environment.ts';
import { namedAddress, usualAddresses } from './addresses.ts';
import type { Address } from './addresses.ts';
import type { Engine } from './engine.ts';
import { deadline } from './fault.ts';

export interface EngineSearch {
  /** Address that the owner named; null to look where engines usually are. */
  readonly engine: string | null;
  /** DOCKER_HOST and its certificates, XDG_RUNTIME_DIR and HOME are read from it. */
  readonly env: HostEnvironment;
}

/** How long an engine that is there takes to say who it is, in milliseconds. */
const answerMs = 5_000;

/**
 * Finds the engine that was named, or the first that answers where engines usually are. One that was named and does not
 * answer is a fault: nothing else stands in for it. Throws `floor-unreachable`, `usage`.
 *
 * @example
 * const { kind, version } = await findEngine({ engine: null, env: process.env }); // 'podman', '5.4.2'
 */
export async function findEngine({ engine, env }: EngineSearch): Promise<Engine> {
  const Client = await loadClient();
  const named = await namedAddress(engine, env);
  const addresses = named === null ? usualAddresses(env) : [named];
  const silent: Silent[] = [];
  for (const address of addresses) {
    const found = await greet(new Client(address.client), address);
    if ('api' in found) return found;
    silent.push(found);
  }
  throw noEngine(silent, named !== null);
}

/** The client is optional: whoever uses no containers need not install it. */
async function loadClient(): Promise<typeof Dockerode> {
  try {
    return (await import('dockerode')).default;
  } catch (error) {
    throw new JidokaError('usage', 'The container floor needs the package dockerode, which is not installed.', {
      mend: 'Install jidoka with its optional packages, or add the one: `npm install dockerode@5.0.1`.',
      cause: error,
    });
  }
}

/** The engine's words on itself; podman names itself among its components. */
const Version = z.object({
  Version: z.string(),
  Os: z.string(),
  Components: z.array(z.object({ Name: z.string() })).default([]),
});

interface Silent {
  readonly where: string;
  readonly code: string;
  readonly why: string;
}

async function greet(api: Dockerode, { where, host, socket }: Address): Promise<Engine | Silent> {
  const { late, clear } = deadline(answerMs);
  try {
    const { Version: version, Os, Components } = Version.parse(await Promise.race([api.version(), late]));
    if (Os !== 'linux') return { where, code: 'OS', why: `it runs containers of ${Os}, and jobs need Linux` };
    const kind = Components.some(({ Name }) => /podman/i.test(Name)) ? 'podman' : 'docker';
    return { kind, version: version.replace(/\+.*$/, ''), where, host, socket, api };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { where, code, why: reasons[code] ?? message };
  } finally {
    clear();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing there',
  EACCES: 'this user may not speak to it',
  EPERM: 'this user may not speak to it',
  ECONNREFUSED: 'nobody listens',
};

function noEngine(silent: readonly Silent[], isNamed: boolean): JidokaError {
  const told = silent.map(({ where, why }) => `${where}: ${why}`).join('; ');
  const codes = new Set(silent.map(({ code }) => code));
  const mends = [
    ...(codes.has('EACCES') || codes.has('EPERM')
      ? [
          'Let this user speak to the engine: `sudo usermod -aG docker "$USER"` and log in again (such a user is as good as root), or run podman without root: `systemctl --user enable --now podman.socket`.',
        ]
      : []),
    ...(isNamed
      ? ['Start the engine that was named, or name another; DOCKER_HOST is read where the settings name none.']
      : [
          'Start one: `sudo systemctl start docker`, or `systemctl --user enable --now podman.socket`; where none is installed, `sudo apt-get install docker.io` or `sudo apt-get install podman`.',
        ]),
  ];
  return new JidokaError('floor-unreachable', `No container engine answers (${told}).`, { mend: mends.join(' ') });
}
