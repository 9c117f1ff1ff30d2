import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Egress } from '../../../../core/ports/egress.ts';
import type { Command, Workspace } from '../../../../core/ports/floor.ts';
import type { LocalFloor } from '../../floor-on.ts';
import type { FloorOptions } from '../../ground.ts';
import { hostFloor } from '../../host-floor.ts';
import { jobUser } from '../layout.ts';
import { endStrays } from './end-strays.ts';
import { waysOut } from './way-out.ts';
import type { OpenWay, Way, WaysOut } from './way-out.ts';

export interface ContainedFloorOptions extends FloorOptions {
  readonly egress: Egress;
}

/**
 * The floor within a container that holds one workspace: its commands are kept apart from the world by the container,
 * and have one way out, at a port of their own loopback, while a command runs that may reach something.
 *
 * @example
 * const floor = containedFloor({ root: '/jidoka/floor', egress, clock, env: process.env, log });
 */
export function containedFloor(options: ContainedFloorOptions): LocalFloor {
  // The image was looked at before: there is one user, and the tools are there.
  const tools = { PATH: options.env['PATH'] ?? '', HOME: options.root };
  const account = { user: null, name: jobUser.name, node: process.versions.node, npm: '', tools, caveats: [] };
  // The ways out are its own matter: the host's would be at ports that it does not shut.
  const { egress, ...bare } = options;
  const floor = hostFloor({ ...bare, account });
  const out = waysOut(egress, { folder: options.root, job: 'job' });
  const around = (workspace: Workspace): Workspace => {
    const swept = sweeping(workspace);
    return { ...swept, ...commands(swept, out), ...started(swept, out, join(options.root, '.networked')) };
  };
  return {
    ...floor,
    open: async (name, more) => around(await floor.open(name, more)),
    async attach(ref, how) {
      const found = await floor.attach(ref, how);
      return found.kind === 'attached' ? { kind: 'attached', workspace: around(found.workspace) } : found;
    },
    close: () => out.end(),
  };
}

/** What nothing leads to any more ends with the last command of those that run: it could be of any of them. */
function sweeping(workspace: Workspace): Workspace {
  let running = 0;
  const until = async <T>(ended: Promise<T>): Promise<T> => {
    running += 1;
    try {
      return await ended;
    } finally {
      running -= 1;
      if (running === 0) await endStrays();
    }
  };
  return {
    ...workspace,
    spawn: (command) => until(workspace.spawn(command)),
    async converse(command) {
      const conversation = await workspace.converse(command);
      return { ...conversation, result: until(conversation.result) };
    },
    attach: (process, options) => until(workspace.attach(process, options)),
  };
}

function commands(workspace: Workspace, out: WaysOut): Pick<Workspace, 'spawn' | 'converse' | 'usage'> {
  return {
    async spawn(command) {
      if (command.network === 'none') return workspace.spawn(command);
      const way = await out.open(command.network);
      return workspace.spawn(through(command, way)).finally(way.close);
    },
    async converse(command) {
      if (command.network === 'none') return workspace.converse(command);
      const way = await out.open(command.network);
      try {
        const conversation = await workspace.converse(through(command, way));
        return { ...conversation, result: conversation.result.finally(way.close) };
      } catch (error) {
        await way.close();
        throw error;
      }
    },
    usage: async () => ({ ...(await workspace.usage()), refusals: out.refusals() }),
  };
}

/**
 * Started commands go on without this process. Whoever waits for one, in whatever life of the factory, opens the way that
 * it was told of again; from its start on it is open in this one.
 *
 * @param marks Folder in which each that may reach something has a file of its id, with its port.
 */
function started(workspace: Workspace, out: WaysOut, marks: string): Pick<Workspace, 'start' | 'attach'> {
  const held = new Map<string, OpenWay>();
  return {
    async start(command) {
      if (command.network === 'none') return workspace.start(command);
      const way = await out.open(command.network);
      try {
        const process = await workspace.start(through(command, way));
        await mkdir(marks, { recursive: true });
        await writeFile(join(marks, process.id), JSON.stringify({ network: command.network, port: way.port } satisfies Mark));
        held.set(process.id, way);
        return process;
      } catch (error) {
        await way.close();
        throw error;
      }
    },
    async attach(process, options) {
      const mark = await markOf(marks, process.id);
      if (mark === null) return workspace.attach(process, options);
      const way = await out.open(mark.network, mark.port);
      try {
        const result = await workspace.attach(process, options);
        await held.get(process.id)?.close();
        held.delete(process.id);
        return result;
      } finally {
        await way.close();
      }
    },
  };
}

interface Mark {
  readonly network: Way;
  readonly port: number;
}

async function markOf(marks: string, id: string): Promise<Mark | null> {
  const text = /^[\da-f-]+$/.test(id) ? await readFile(join(marks, id), 'utf8').catch(() => '') : '';
  // Our own words, or half of them; a command that writes them itself opens a way that the factory keeps shut.
  return text.endsWith('}') ? (JSON.parse(text) as Mark) : null;
}

/** The command as one that has no network but the way that it is told of. */
function through(command: Command, { environment }: OpenWay): Command {
  return { ...command, network: 'none', env: { ...environment, ...command.env } };
}
