import { canonicalJson, toJson } from '../../core/base/json.ts';
import type { Actor } from '../../core/gate/answer.ts';
import { personOnly } from '../../core/gate/person-only.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { FactoryStatus, Operations, RunRequest, WorkSummary } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { newEvents, type RunNeeds } from '../run/index.ts';
import { removeSchedule, schedules, setSchedule } from '../schedule/index.ts';

const worksShown = 200;

/** What of the house operators see and set things by. */
export interface Place {
  /** Where the database is, for people. */
  database(): Promise<string>;
  /** A request under the name of its line, which is checked: throws `line-invalid`. */
  underItsLine(request: RunRequest): Promise<RunRequest>;
}

/** What operators see and set; whatever they set stands in the factory's own chain, with who did it. */
export function operations(open: () => Promise<RunNeeds>, place: Place): Operations {
  return {
    status: async () => await statusOf(await open(), await place.database()),
    setLimit: async (limit, actor) => {
      const needs = await byPerson('set a limit', actor, open);
      const { key, ...rest } = limit;
      await recorded(needs, actor, { type: 'factory.limited', key, limit: toJson(rest), by: actor.name }, (tx) =>
        needs.control.setLimit({ ...limit, by: 'operator' }, tx),
      );
    },
    pause: async (scope, why, actor) => {
      const needs = await byPerson('pause', actor, open);
      const pause = { scope, why, by: actor.name, at: needs.clock.now() };
      return await recorded(needs, actor, { type: 'factory.paused', scope, why, by: actor.name }, (tx) => needs.control.pause(pause, tx));
    },
    unpause: async (scope, actor) => {
      const needs = await byPerson('lift a pause', actor, open);
      return await recorded(needs, actor, { type: 'factory.unpaused', scope, by: actor.name }, (tx) => needs.control.unpause(scope, tx));
    },
    reviews: async () => (await open()).control.reviews(),
    reviewed: async (review, actor) => {
      const needs = await byPerson('say that a result was reviewed', actor, open);
      const body = { type: 'factory.reviewed', review, by: actor.name } as const;
      return await recorded(needs, actor, body, (tx) => needs.control.reviewed(review, actor.name, tx));
    },
    schedules: async () => await schedules(await open()),
    schedule: async (schedule, actor) => {
      const needs = await byPerson('set a schedule', actor, open);
      return await setSchedule({ ...schedule, request: await place.underItsLine(schedule.request) }, actor.name, needs);
    },
    unschedule: async (id, actor) => await removeSchedule(id, actor.name, await byPerson('remove a schedule', actor, open)),
  };
}

/** What binds the factory is a person's to do. */
async function byPerson(what: string, actor: Actor, open: () => Promise<RunNeeds>): Promise<RunNeeds> {
  personOnly(actor, what);
  return await open();
}

async function recorded<T>(needs: RunNeeds, actor: Actor, body: EventBody, act: (tx: Tx) => Promise<T>): Promise<T> {
  const at = needs.clock.now();
  const what = needs.sha256(canonicalJson(body)).slice(0, 12);
  const key = `${body.type}/${what}/${at}/${needs.engine.executor}/${needs.clock.monotonicMs()}`;
  return await needs.engine.transaction(async (tx) => {
    // The chain's row first, as everybody takes it who changes what the factory is bound by.
    await needs.ledger.append(factoryChain, [], tx);
    const result = await act(tx);
    if (result !== false) await needs.ledger.append(factoryChain, newEvents([[key, body]], at, actor.name), tx);
    return result;
  });
}

async function statusOf({ engine, control, ledger, version }: RunNeeds, database: string): Promise<FactoryStatus> {
  const [executors, limits, usage, pauses, reviews, gates, ids] = await Promise.all([
    engine.executors(),
    control.limits(),
    control.usage(),
    control.pauses(),
    control.reviews(),
    ledger.openGates(),
    control.works({ open: true, limit: worksShown }),
  ]);
  const views = await Promise.all(ids.map((id) => engine.work(id)));
  const open = views.flatMap((view): WorkSummary[] => {
    if (view === null || view.state === 'ended') return [];
    const { id, kind, line, failure, steps } = view;
    return [{ id, kind, line, failure, steps }];
  });
  return { database, version, executors, limits, usage, pauses, reviews, gates: gates.length, open };
}
