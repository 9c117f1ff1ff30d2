import { readdir, readFile } from 'node:fs/promises';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { scriptedAgent, type AgentScript } from '../../kit/agent/index.ts';
import type { Ended } from '../../kit/scenario/index.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Fact } from '../../src/core/evidence/fact.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';
import { slugFiles, ticket } from './slugs.ts';

/** Where tickets are worked on by scripted agents, with a real factory, a real repository and a real suite. */
export interface Desk {
  readonly scene: Scene;
  readonly repository: MadeRepository;
  /** Works on a ticket with an agent that does what the script says; each call is a ticket of its own. */
  work(script: AgentScript, options?: WorkOptions): Promise<Worked>;
  /** The same, and what the command line said, however it ended. */
  ask(script: AgentScript, options?: WorkOptions): Promise<Ended>;
  /** What is in the ledger of a run that has ended. */
  told(result: RunResult): Promise<Worked>;
  close(): Promise<void>;
}

export interface WorkOptions {
  /** Words of the ticket; without them the usual ones, told apart by a number. */
  readonly ticket?: string;
  readonly args?: readonly string[];
  /** Sends nothing back, so that the first objection ends the run, and waits for a hanging suite for seconds only. */
  readonly once?: boolean;
  readonly repository?: string;
}

export interface Worked {
  readonly result: RunResult;
  /** Verdict and code of its reason: 'PR_READY validated'. */
  readonly end: string;
  readonly events: readonly EventBody[];
  /** Outcome and code of the last fact of a check: 'broken tampered'. */
  fact(check: Fact['check']): string;
}

/** Opens a desk; its baseline is taken once and taken over by every run after. */
export async function openDesk(files: Readonly<Record<string, string>> = slugFiles, floor: 'host' | 'sandbox' = 'host'): Promise<Desk> {
  const scene = await openScene([], { floor });
  const repository = await makeRepository(files);
  const lineOnce = await writeLineOnce(scene);
  let count = 0;
  const ask: Desk['ask'] = async (script, { ticket: words, args = [], once = false, repository: at = repository.path } = {}) => {
    const key = `T-${(count += 1)}`;
    const file = await scene.write(`${key}.md`, words ?? `${ticket}\nReported as ${key}.\n`);
    const line = once ? ['--line', lineOnce] : [];
    const asked = ['run', 'bug', '--ticket', file, '--repo', at, '--station', scriptedAgent(script), '--key', key];
    return await scene.ask([...asked, ...line, '--json', ...args]);
  };
  const told: Desk['told'] = async (result) => {
    const shown = JSON.parse((await scene.ask(['show', result.run, '--json'])).stdout) as { readonly events: readonly LedgerEvent[] };
    return workedOf(
      result,
      shown.events.map(({ body }) => body),
    );
  };
  return {
    scene,
    repository,
    ask,
    told,
    work: async (script, options) => await told(readResult(await ask(script, options))),
    close: async () => {
      await scene.close();
      await repository.remove();
    },
  };
}

function workedOf(result: RunResult, events: readonly EventBody[]): Worked {
  const facts = events.flatMap((body) => (body.type === 'fact.found' ? [body.fact] : []));
  return {
    result,
    end: `${result.verdict} ${result.reason.code}`,
    events,
    fact: (check) => {
      const found = facts.findLast((each) => each.check === check);
      return found === undefined ? 'none' : `${found.outcome} ${found.code}`;
    },
  };
}

/** The built-in line without its ways back. */
async function writeLineOnce(scene: Scene): Promise<string> {
  const folder = new URL('../../lines/bug/', import.meta.url);
  for (const name of await readdir(new URL('roles', folder)))
    await scene.write(`line/roles/${name}`, await readFile(new URL(`roles/${name}`, folder), 'utf8'));
  const text = await readFile(new URL('line.yaml', folder), 'utf8');
  const once = text.replaceAll(/^ +onFail: .*\n/gm, '').replaceAll(/^ +retries: .*\n/gm, '');
  return await scene.write('line/line.yaml', once.replace('does: inspection\n    timeout: 5m', 'does: inspection\n    timeout: 20s'));
}
