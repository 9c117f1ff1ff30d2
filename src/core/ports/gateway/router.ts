import type { EventBody } from '../../evidence/event.ts';
import type { Seed } from '../../packet/seed.ts';

/** Chooses plans for slots that the owner left to the factory. */
export interface Router {
  /** Whether a plan has to be chosen for a slot, as slots are filled at present. */
  chooses(slot: string): Promise<boolean>;
  /** Models that a person may choose a plan of. */
  readonly models: readonly string[];
  /** Chooses, for a stage of a run, once; the same question has the same answer. */
  decide(question: RouteQuestion): Promise<Extract<EventBody, { readonly type: 'route.decided' }>>;
}

export interface RouteQuestion {
  readonly run: string;
  readonly line: string;
  readonly seed: Seed;
  readonly stage: string;
  readonly slot: string;
  /** What was objected to so far. */
  readonly feedback: readonly string[];
  /** Name of the station that asks. */
  readonly station: string;
  /** What a person chose instead, or null: it is taken, and not learned from. */
  readonly override: { readonly by: string; readonly models: readonly string[] } | null;
}
