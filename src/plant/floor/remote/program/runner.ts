import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { JidokaError } from '../../../../core/base/error.ts';
import { assertNever } from '../../../../core/base/assert-never.ts';
import { containedFloor } from '../../container/inside/contained-floor.ts';
import type { LocalFloor } from '../../floor-on.ts';
import type { FloorOptions } from '../../ground.ts';
import { hostFloor } from '../../host-floor.ts';
import { floorRoot } from '../../place/floor-root.ts';
import { sandboxFloor } from '../../sandbox-floor.ts';
import { bootOfMachine } from '../../spawn/life.ts';
import { capture } from '../../spawn/spawn.ts';
import { serveFloor } from '../serve/serve-floor.ts';
import type { FactoryEnd, ServedFloor } from '../serve/serve-floor.ts';
import { wireOn } from '../wire/wire.ts';
import type { RunnerSettings } from '../words.ts';

/** How long what ran may take to end after the wire did, in milliseconds. */
const lastMs = 20_000;

/**
 * The program on the other machine: serves a floor of its own over its stdin and stdout until they end, then ends all
 * that it ran and itself. It leaves only what was started to live on.
 */
export async function runRunner(machine: NodeJS.Process): Promise<void> {
  const { stdin, stdout } = machine;
  const wire = wireOn({ input: stdin, output: stdout }, () => {
    stdin.destroy();
    stdout.destroy();
  });
  const { ended, stop } = serveFloor(wire, { make: (settings, factory) => makeFloor(machine, settings, factory) });
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) machine.on(name, () => stop(`${name} was sent to the runner`));
  // What cannot be ended is found by the next runner, as after any death.
  void ended.then(() => machine.exit(0));
  stdin.once('close', () => void wait(lastMs, undefined, { ref: false }).then(() => machine.exit(1)));
  await ended;
}

async function makeFloor(machine: NodeJS.Process, settings: RunnerSettings, factory: FactoryEnd): Promise<ServedFloor> {
  const { env } = machine;
  await needGit(env['PATH'] ?? '');
  const root = settings.root ?? floorRoot(join(env['HOME'] ?? homedir(), '.jidoka', 'remote', settings.factory), machine.getuid?.());
  const options: FloorOptions = {
    root,
    clock: {
      now: () => new Date().toISOString(),
      epochMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      sleep: (ms, signal) => wait(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
    },
    env,
    log: factory.log,
    ...(settings.mostOutputBytes !== undefined && { mostOutputBytes: settings.mostOutputBytes }),
  };
  const floor = floorOf(settings, options, factory);
  return { floor, begun: { host: hostname(), boot: await bootOfMachine(), root } };
}

function floorOf({ floor: kind, least }: RunnerSettings, options: FloorOptions, { egress }: FactoryEnd): LocalFloor {
  switch (kind) {
    case 'host':
      return hostFloor({ ...options, egress });
    case 'sandbox':
      return sandboxFloor({ ...options, egress, ...(least && { least }) });
    case 'contained':
      return containedFloor({ ...options, egress });
    default:
      return assertNever(kind);
  }
}

async function needGit(path: string): Promise<void> {
  const { code } = await capture({ argv: ['git', '--version'], cwd: '/', env: { PATH: path }, user: null });
  if (code === 0) return;
  throw new JidokaError('git-missing', `git cannot be run from PATH (${path}).`, {
    mend: 'Install git there, for example: sudo apt-get install git.',
  });
}
