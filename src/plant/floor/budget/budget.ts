import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits, ProcessExit, ProcessResult } from '../../../core/ports/floor.ts';
import { foldersOf } from '../layers/holder.ts';
import type { Layer } from '../layers/layer.ts';
import { notEnclosed, watchDisk } from '../limits/index.ts';
import type { DiskWatched, Limiter, LimitGroup } from '../limits/index.ts';
import type { Place } from '../place/places.ts';
import type { Start } from '../spawn/spawn.ts';
import { defaultLimits } from './default-limits.ts';

type Enclosed = Pick<Start, 'argv' | 'user'>;

/** What the commands of one workspace may use, all together, and what they used. */
export interface Budget {
  /** The start that runs argv within it. */
  enclose(start: Enclosed): Enclosed;
  /** Aborted, with how commands end by it as its reason, when the disk of the workspace is used up. */
  readonly spent: AbortSignal;
  /** The result of a command that ended by itself: what it was ended by where that was a limit. */
  judge(result: ProcessResult): Promise<ProcessResult>;
  usage(): Promise<{ readonly cpuMs: number | null; readonly memoryPeakBytes: number | null; readonly processes: number | null }>;
  diskBytes(): Promise<number>;
  /** Watches no more. */
  stop(): void;
}

export interface BudgetOrder {
  readonly place: Place;
  readonly layer: Layer;
  /** What is not said is as it was when the workspace was opened, else as everywhere. */
  readonly limits: Partial<Limits>;
  /** Null where nothing is limited, and the disk is only counted. */
  readonly limiter: Limiter | null;
}

/** Opens the budget of a workspace, or that of an earlier life again. */
export async function openBudget({ place, layer, limits, limiter }: BudgetOrder): Promise<Budget> {
  const own = layer.method === 'overlay' ? foldersOf(place).upper : place.tree;
  const folders = [own, place.scratch, place.home, place.tmp];
  const all = { ...defaultLimits(), ...(await rememberedLimits(place)), ...limits };
  if (limiter !== null) await writeFile(limitsFile(place), JSON.stringify(all), { mode: 0o600 });
  const group = limiter === null ? null : await limiter.group(groupOf(place), all);
  const [spending, watch] = watched(folders, limiter === null ? Infinity : all.diskBytes);
  return {
    enclose: (start) => (group === null ? start : within(group, start)),
    spent: spending,
    judge: async (result) => (group === null ? result : await judged(group, result, all)),
    usage: async () => (group === null ? { cpuMs: null, memoryPeakBytes: null, processes: null } : await group.usage()),
    diskBytes: () => watch.bytes(),
    stop: () => watch.stop(),
  };
}

/** Ends what is left in the group of a workspace, whichever life made it, and removes it. */
export async function takeBackBudget(place: Pick<Place, 'job'>, limiter: Limiter | null): Promise<void> {
  await limiter?.remove(groupOf(place));
}

/** Name of a workspace's group: that of its marker, so that a later life finds it. */
function groupOf({ job }: Pick<Place, 'job'>): string {
  return job.replace(/\.$/, '');
}

function watched(folders: readonly string[], allowedBytes: number): readonly [AbortSignal, DiskWatched] {
  const spending = new AbortController();
  const exit: ProcessExit = { kind: 'limited', limit: 'disk', allowed: allowedBytes };
  return [spending.signal, watchDisk({ folders, allowedBytes, exceeded: () => spending.abort(exit) })];
}

/** Joining a group is for the factory's own user, so that the change to the job's comes after it. */
function within(group: LimitGroup, { argv, user }: Enclosed): Enclosed {
  const own = user === null ? argv : asUser(argv, user);
  return { argv: nonEmpty(group.enclose(own)), user: null };
}

function asUser(argv: Enclosed['argv'], { uid, gid }: NonNullable<Start['user']>): Enclosed['argv'] {
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...argv];
}

function nonEmpty([first, ...rest]: readonly string[]): Enclosed['argv'] {
  return [first ?? '', ...rest];
}

async function judged(group: LimitGroup, result: ProcessResult, limits: Limits): Promise<ProcessResult> {
  const { exit, stderr } = result;
  const message = notEnclosed({ exit, stderr });
  if (message !== null) return { ...result, exit: { kind: 'not-started', message } };
  if (exit.kind !== 'exited' && exit.kind !== 'signalled') return result;
  if (exit.kind === 'exited' && exit.code === 0) return result;
  const hit = await group.exceeded();
  if (hit === null) return result;
  const allowed = hit === 'memory' ? limits.memoryBytes : limits.processes;
  return { ...result, exit: { kind: 'limited', limit: hit, allowed } };
}

async function rememberedLimits(place: Pick<Place, 'space'>): Promise<Partial<Limits>> {
  const text = await readFile(limitsFile(place), 'utf8').catch(() => null);
  return text === null ? {} : (JSON.parse(text) as Limits); // our own words
}

function limitsFile({ space }: Pick<Place, 'space'>): string {
  return join(space, 'limits.json');
}
