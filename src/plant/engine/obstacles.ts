import { controlQueue, type ExecutorView, type WorkView } from '../../core/ports/engine.ts';

/** A step as the view reads it. */
export interface StepRow {
  readonly id: string;
  readonly queue: string;
  readonly state: 'later' | 'due' | 'held' | 'halted';
  readonly executor: string | null;
  /** What may keep it waiting: 's ' a slot, 'r ' a rate, 'p ' a pause, 'v ' results waiting for review. */
  readonly keys: readonly string[];
  readonly labels: readonly string[];
  readonly notBefore: string | null;
  readonly isAhead: boolean;
  readonly priority: number;
}

/** Limits and what of them is taken, by the keys of steps. */
export interface Pressure {
  readonly caps: Readonly<Record<string, number | null>>;
  readonly used: Readonly<Record<string, number>>;
  readonly pauses: readonly { readonly scope: string; readonly why: string; readonly by: string }[];
  /** Seconds of each rate, by the key of its limit. */
  readonly seconds: Readonly<Record<string, number>>;
}

interface Scene {
  readonly work: Pick<WorkView, 'state' | 'failure'>;
  readonly pressure: Pressure;
  readonly live: readonly ExecutorView[];
}

/** Says for people why a step is not taken just now; nothing where only its turn has not come. */
export function obstacles(step: StepRow, { work, pressure, live }: Scene): readonly string[] {
  return [
    ...(work.state === 'failed' ? [`its work failed: ${work.failure}`] : []),
    ...(step.isAhead && step.notBefore !== null ? [`not before ${new Date(step.notBefore).toISOString()}`] : []),
    ...step.keys.flatMap((key) => obstacleOf(key, pressure)),
    ...missingWorker(step, live),
  ];
}

function obstacleOf(key: string, { caps, used, pauses, seconds }: Pressure): readonly string[] {
  const name = key.slice(2);
  if (key.startsWith('p ')) return pauses.filter(({ scope }) => scope === name).map(({ by, why }) => `${name} is paused by ${by}: ${why}`);
  const governing = key in caps ? key : `${key.split(':')[0]}:*`;
  const [cap, taken] = [caps[governing] ?? null, used[key] ?? 0];
  if (cap === null || taken < cap) return [];
  if (key.startsWith('s ')) return [`${name} has ${taken} of ${cap} slots taken`];
  if (key.startsWith('r ')) return [`${name} had ${taken} of ${cap} starts in ${seconds[governing.slice(2)] ?? 0} s`];
  return [`line ${name.slice('review:'.length)} has ${taken} of ${cap} results waiting for review`];
}

function missingWorker({ queue, labels }: StepRow, live: readonly ExecutorView[]): readonly string[] {
  const serving = live.filter(
    (one) => one.role !== 'idle' && (queue === controlQueue || one.queues === null || one.queues.includes(queue)),
  );
  if (serving.length === 0) return [`no live worker serves queue ${queue}`];
  const isFit = serving.some((one) => labels.every((label) => one.labels.includes(label)));
  return isFit ? [] : [`no live worker of queue ${queue} has the labels ${labels.join(', ')}`];
}
