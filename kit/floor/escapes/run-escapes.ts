import { randomUUID } from 'node:crypto';
import type { Command, Limits, ProcessResult, WorkspaceFiles } from '../../../src/core/ports/floor.ts';
import { escapeAttempts } from './all-attempts.ts';
import { impossibleBy } from './attempt.ts';
import type { EscapeAttempt, EscapeGroup } from './attempt.ts';
import { halvesOf } from './plant-outside.ts';
import type { Planted } from './planted.ts';

/** What became of one attempt. */
export interface EscapeOutcome {
  readonly name: string;
  readonly group: EscapeGroup;
  /** `not-possible-here` where it could not be tried, which proves nothing: the detail says why. */
  readonly outcome: 'refused' | 'escaped' | 'not-possible-here';
  /** What was seen, without any path of the machine. */
  readonly detail: string;
}

/** A workspace to get out of; every `Workspace` is one. */
export interface EscapePlace {
  readonly root: string;
  /** Without them, what leads the factory itself out is not tried. */
  readonly files?: WorkspaceFiles;
  spawn(command: Command): Promise<ProcessResult>;
  destroy(): Promise<void>;
}

export type OpenPlace<P extends EscapePlace> = (name: string, options?: { readonly limits?: Partial<Limits> }) => Promise<P>;

/** What the factory does with a workspace, besides commands; without it, traps for git are not tried. */
export interface EscapeHands<P extends EscapePlace> {
  /** Fills the tree with a commit. */
  readonly seed?: (place: P) => Promise<unknown>;
  /** Takes up what the tree has become. */
  readonly harvest?: (place: P) => Promise<unknown>;
  readonly attempts?: readonly EscapeAttempt[];
}

/**
 * Makes every attempt, one after another, in workspaces of a floor, and tells what became of each. What is planted must be
 * on the machine that the floor shuts its commands off from. Throws where commands of the floor do not run at all, for then
 * a refusal would say nothing.
 *
 * @example
 * const outcomes = await runEscapes((name, options) => floor.open(name, options), await plantOutside({ folder, user: null }));
 */
export async function runEscapes<P extends EscapePlace>(
  open: OpenPlace<P>,
  planted: Planted,
  hands: EscapeHands<P> = {},
): Promise<readonly EscapeOutcome[]> {
  const place = await open('escapes/attempts');
  const neighbour = await settle(await open('escapes/neighbour'));
  const outcomes: EscapeOutcome[] = [];
  try {
    await needsToRun(place);
    await hands.seed?.(place);
    const run = { open, planted, hands, place, env: { ...planted.env, ...neighbour.env } };
    await planted.reached();
    for (const attempt of hands.attempts ?? escapeAttempts()) outcomes.push(await tryOne(attempt, run));
    return outcomes;
  } finally {
    await neighbour.end();
    await place.destroy();
  }
}

interface Run<P extends EscapePlace> {
  readonly open: OpenPlace<P>;
  readonly planted: Planted;
  readonly hands: EscapeHands<P>;
  readonly place: P;
  readonly env: Readonly<Record<string, string>>;
}

/** What was seen of an attempt. */
type Seen = Pick<EscapeOutcome, 'outcome' | 'detail'>;

async function tryOne<P extends EscapePlace>(attempt: EscapeAttempt, run: Run<P>): Promise<EscapeOutcome> {
  const { name, group, limits, afterwards } = attempt;
  if (limits === undefined && afterwards === undefined)
    return { name, group, ...plainly(await seeIt(attempt, run, run.place), run, run.place) };
  const place = await run.open('escapes/one', limits === undefined ? {} : { limits });
  try {
    if (afterwards?.kind === 'harvest') await run.hands.seed?.(place);
    return { name, group, ...plainly(await seeIt(attempt, run, place), run, place) };
  } finally {
    await place.destroy();
  }
}

async function seeIt<P extends EscapePlace>(attempt: EscapeAttempt, { planted, hands, env }: Run<P>, place: P): Promise<Seen> {
  if (attempt.afterwards?.kind === 'harvest' && hands.harvest === undefined) return impossible('nothing takes up what the tree has become');
  if (attempt.afterwards?.kind === 'files' && place.files === undefined) return impossible('nothing uses files of the tree from outside');
  const result = await place.spawn({ ...commandOf(attempt), env });
  const cannot = result.exit.kind === 'not-started' ? `it was not started: ${result.exit.message}` : impossibleBy(result);
  if (cannot !== null) return impossible(cannot);
  const said = await attempt.escaped(result, planted);
  const led = await handle(attempt, hands, place);
  const reached = await planted.reached();
  if (reached.length > 0) return { outcome: 'escaped', detail: reached.join('; ') };
  if (said) return { outcome: 'escaped', detail: lastWord(result) };
  if (led === 'led out') return { outcome: 'escaped', detail: 'the factory was led out of the tree' };
  if (result.exit.kind === 'timed-out') return impossible(`it had not ended after ${result.exit.afterMs} ms`);
  return { outcome: 'refused', detail: led ?? lastWord(result) };
}

function impossible(detail: string): Seen {
  return { outcome: 'not-possible-here', detail };
}

function commandOf({ script, network, limits }: EscapeAttempt): Command {
  const argv = 'sh' in script ? (['sh', '-c', script.sh] as const) : (['node', '-e', script.node] as const);
  return { argv: [...argv], cwd: '', timeoutMs: limits === undefined ? 30_000 : 90_000, network };
}

/** What the factory's own hands met: 'led out', why they were refused, or null where they had nothing to do. */
async function handle<P extends EscapePlace>({ afterwards }: EscapeAttempt, hands: EscapeHands<P>, place: P): Promise<string | null> {
  if (afterwards === undefined) return null;
  try {
    if (afterwards.kind === 'harvest') await hands.harvest?.(place);
    else if (place.files !== undefined && (await afterwards.use(place.files))) return 'led out';
    return afterwards.kind === 'harvest' ? 'it was taken up, and the trap did not spring' : 'it was not led out';
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function lastWord({ exit, stdout, stderr }: ProcessResult): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const word = lines.find((line) => line.startsWith('ESCAPED')) ?? lines.findLast((line) => line !== '') ?? '';
  const ended =
    exit.kind === 'exited'
      ? `exit ${exit.code}`
      : exit.kind === 'signalled'
        ? exit.signal
        : exit.kind === 'limited'
          ? `limited: ${exit.limit}`
          : exit.kind;
  return word === '' ? ended : `${ended}: ${word.slice(0, 200)}`;
}

/** Without paths, addresses and numbers that tell one machine, or one day, from another. */
function plainly<P extends EscapePlace>({ outcome, detail }: Seen, { env, place: shared }: Run<P>, place: P): Seen {
  const names = Object.entries({ ...env, TREE: place.root, SHARED: shared.root }).filter(([, value]) => value.length > 3);
  const longest = names.sort(([, a], [, b]) => b.length - a.length);
  return { outcome, detail: longest.reduce((text, [name, value]) => text.replaceAll(value, `$${name}`), detail) };
}

interface Neighbour {
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

/** Another workspace with a secret in a file that everybody may write, and a process that carries one. */
async function settle(place: EscapePlace): Promise<Neighbour> {
  const [secret, mark] = [randomUUID(), randomUUID()];
  const leave = new AbortController();
  const command = { cwd: '', timeoutMs: 600_000, network: 'none' } as const;
  const plant = 'umask 0; printf "%s\\n" "$PLANTED_SECRET" >of-neighbour; chmod 777 .';
  const planted = await place.spawn({ ...command, argv: ['sh', '-c', plant], env: { PLANTED_SECRET: secret } });
  if (planted.exit.kind !== 'exited' || planted.exit.code !== 0)
    throw new Error(`nothing could be planted in a workspace: ${planted.stderr}`);
  const living = place.spawn({
    ...command,
    argv: ['sh', '-c', 'while :; do sleep 1; done', mark],
    env: { PLANTED_SECRET: secret },
    signal: leave.signal,
  });
  return {
    env: { NEIGHBOUR: place.root, ...halvesOf('NEIGHBOUR_SECRET', secret), ...halvesOf('NEIGHBOUR_MARK', mark) },
    async end() {
      leave.abort();
      await living;
      await place.destroy();
    },
  };
}

async function needsToRun(place: EscapePlace): Promise<void> {
  for (const argv of [
    ['sh', '-c', 'echo ready'],
    ['node', '-e', 'console.log("ready")'],
  ] as const) {
    const { stdout, stderr, exit } = await place.spawn({ argv: [...argv], cwd: '', timeoutMs: 60_000, network: 'none' });
    if (stdout.trim() !== 'ready') throw new Error(`${argv[0]} does not run in a workspace (${JSON.stringify(exit)}): ${stderr}`);
  }
}
