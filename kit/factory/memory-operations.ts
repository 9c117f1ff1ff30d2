import { Cron } from 'croner';
import { JidokaError } from '../../src/core/base/error.ts';
import type { Actor } from '../../src/core/gate/answer.ts';
import type { Limit, NewLimit, Pause, Review, Usage } from '../../src/core/ports/control.ts';
import type { FactoryStatus, NewSchedule, Operations, ScheduleView } from '../../src/core/ports/factory.ts';

/** What operations are told of the rest of the factory. */
export interface Surroundings {
  now(): string;
  /** Works under way that take a slot of a limit. */
  taken(key: string): number;
  /** Something was set or lifted: what waits may go on. */
  changed(): void;
  status(): Pick<FactoryStatus, 'executors' | 'gates' | 'open'>;
}

/** Limits, pauses, schedules and reviews that live in this process. */
export class MemoryOperations implements Operations {
  readonly #limits = new Map<string, Limit>();
  readonly #pauses = new Map<string, Pause>();
  readonly #reviews = new Map<string, Review>();
  readonly #schedules = new Map<string, ScheduleView>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async status(): Promise<FactoryStatus> {
    const usage: Usage[] = [...this.#limits.keys()].map((key) => ({ key, taken: this.#around.taken(key), started: 0 }));
    const lists = { limits: [...this.#limits.values()], pauses: [...this.#pauses.values()], reviews: [...this.#reviews.values()] };
    return { database: 'memory', version: '0.0.0', usage, ...lists, ...this.#around.status() };
  }

  async setLimit({ key, atOnce, rate }: Omit<NewLimit, 'by'>, actor: Actor): Promise<void> {
    mustBePerson(actor, 'set a limit');
    const counts = [atOnce ?? 0, rate?.count ?? 0, rate?.seconds ?? 0];
    if (!/^(global|[a-z]+:.+)$/.test(key) || counts.some((count) => !Number.isInteger(count) || count < 0))
      throw new JidokaError('limit-invalid', `"${key}" cannot be limited so.`, { mend: 'Give a key as line:deps, and whole numbers.' });
    if (atOnce === null && rate === null) this.#limits.delete(key);
    else this.#limits.set(key, { key, atOnce, rate, by: 'operator' });
    this.#around.changed();
  }

  async pause(scope: string, why: string, actor: Actor): Promise<boolean> {
    mustBePerson(actor, 'pause');
    if (!/^(factory|(line|queue):.+)$/.test(scope))
      throw new JidokaError('limit-invalid', `"${scope}" cannot be paused.`, { mend: 'Give factory, line:NAME or queue:NAME.' });
    if (this.#pauses.has(scope)) return false;
    this.#pauses.set(scope, { scope, why, by: actor.name, at: this.#around.now() });
    return true;
  }

  async unpause(scope: string, actor: Actor): Promise<boolean> {
    mustBePerson(actor, 'lift a pause');
    const was = this.#pauses.delete(scope);
    this.#around.changed();
    return was;
  }

  async reviews(): Promise<readonly Review[]> {
    return [...this.#reviews.values()];
  }

  async reviewed(run: string, actor: Actor): Promise<boolean> {
    mustBePerson(actor, 'review');
    return this.#reviews.delete(run);
  }

  async schedules(): Promise<readonly ScheduleView[]> {
    return [...this.#schedules.values()];
  }

  async schedule({ id, cron, timezone, request }: NewSchedule, actor: Actor): Promise<ScheduleView> {
    mustBePerson(actor, 'schedule');
    const nextAt = nextFire(cron, timezone, this.#around.now());
    const { line, repository } = request;
    const view: ScheduleView = { id, cron, timezone, line, repository, nextAt, lastAt: null };
    this.#schedules.set(id, view);
    return view;
  }

  async unschedule(id: string, actor: Actor): Promise<boolean> {
    mustBePerson(actor, 'take a schedule away');
    return this.#schedules.delete(id);
  }

  /** Says that something waits for a person. */
  awaitReview(review: Review): void {
    this.#reviews.set(review.id, review);
  }

  /** Says that it no longer does. */
  settle(id: string): void {
    this.#reviews.delete(id);
  }

  /** Whether work of a line may start: nothing pauses it and its slots are not all taken. */
  mayStart(line: string): boolean {
    const isPaused = this.#pauses.has('factory') || this.#pauses.has(`line:${line}`);
    const isFull = ['global', `line:${line}`].some((key) => this.#around.taken(key) >= (this.#limits.get(key)?.atOnce ?? Infinity));
    return !isPaused && !isFull;
  }
}

/** Throws `access-refused` for an agent. */
export function mustBePerson(actor: Actor, deed: string): void {
  if (actor.kind === 'person') return;
  throw new JidokaError('access-refused', `${actor.name} is an agent and cannot ${deed}.`, { mend: 'Ask a person to do it.' });
}

function nextFire(cron: string, timezone: string, now: string): string | null {
  try {
    return new Cron(cron, { timezone, paused: true }).nextRun(now)?.toISOString() ?? null;
  } catch (cause) {
    throw new JidokaError('limit-invalid', `"${cron}" in ${timezone} is no cron expression.`, {
      mend: 'Give five fields, as "0 3 * * *".',
      cause,
    });
  }
}
