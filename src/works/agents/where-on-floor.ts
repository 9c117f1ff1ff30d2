import { isJidokaError } from '../../core/base/error.ts';
import type { FoundAgent, KnownAgent } from '../../core/ports/stations/agents.ts';
import type { AgentOnFloor } from '../../core/ports/factory.ts';
import type { Floor } from '../../core/ports/floor.ts';
import { readWhere, whereAre } from '../../core/station/program-question.ts';

const patienceMs = 20_000;

/**
 * Asks the floor itself where agents are, for a command behind its walls, in a container or on another machine sees other
 * programs than this process does. Says nothing of agents that are not here, and nothing at all where no floor opens.
 */
export async function whereOnFloor(
  agents: readonly (Pick<KnownAgent, 'name' | 'program'> & { readonly found: FoundAgent | null })[],
  floor: Floor,
): Promise<ReadonlyMap<string, AgentOnFloor>> {
  // A floor elsewhere may have one that this host has not; here nobody looks for what nobody has.
  const isHere = floor.kind === 'sandbox' || floor.kind === 'host';
  const sought = agents.filter(({ found }) => found !== null || !isHere);
  if (sought.length === 0) return new Map();
  const argv = whereAre(sought.map(({ program, found }) => ({ name: program, path: isHere ? (found?.path ?? null) : null })));
  try {
    const workspace = await floor.open('agents');
    try {
      const { exit, stdout } = await workspace.spawn({ argv, cwd: '', timeoutMs: patienceMs, network: 'none' });
      if (exit.kind !== 'exited' || exit.code !== 0) return new Map();
      const paths = readWhere(stdout);
      return new Map(sought.map(({ name }, at) => [name, answerOf(paths[at] ?? null)]));
    } finally {
      await workspace.destroy();
    }
  } catch (error) {
    // A floor that refuses is told of by whoever asks for it; agents are still listed.
    if (isJidokaError(error)) return new Map();
    throw error;
  }
}

function answerOf(path: string | null): AgentOnFloor {
  return path === null ? { kind: 'missing' } : { kind: 'there', path };
}
