import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { WorkflowHandle } from '@dbos-inc/dbos-sdk';
import { isJidokaError, type JidokaError } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';
import type { Engine, Workflow, WorkflowState } from '../../core/ports/engine.ts';
import { makeContext } from './context.ts';
import type { Dbos } from './dbos.ts';
import type { EngineDatabase } from './engine-database.ts';
import { engineFailed, interrupted } from './faults.ts';
import type { LifeEnd } from './life.ts';
import { Lives } from './lives.ts';
import { nobody, owns, recordOf, release, takeOver, type WorkflowRecord } from './ownership.ts';

export interface EngineParts<Input extends Json, Output extends Json> {
  readonly dbos: Dbos;
  readonly database: EngineDatabase;
  readonly name: string;
  readonly workflow: Workflow<Input, Output>;
  /** This process as others know it. */
  readonly executor: string;
}

/** How often a waiter looks after work in other hands. */
const lookMs = 500;
/** A workflow may be taken over as often as its processes die. */
const takeoversAllowed = 10_000;

/** The engine of one process, between launch and shutdown of DBOS. */
export class DbosEngine<Input extends Json, Output extends Json> implements Omit<Engine<Input, Output>, 'close'> {
  readonly executor: string;
  readonly #parts: EngineParts<Input, Output>;
  readonly #lives: Lives;
  readonly #run: (input: Input) => Promise<Output>;

  /** Registers the workflow, which DBOS allows only before it is launched. */
  constructor(parts: EngineParts<Input, Output>) {
    this.#parts = parts;
    this.executor = parts.executor;
    this.#lives = new Lives((id) => this.#ask((pool) => release(pool, id, this.executor)));
    this.#run = parts.dbos.DBOS.registerWorkflow((input: Input) => this.#body(input), {
      name: parts.name,
      maxRecoveryAttempts: takeoversAllowed,
    });
  }

  async start(id: string, input: Input): Promise<'started' | 'exists'> {
    const { DBOS, isWorkflowIDInUseError } = this.#parts.dbos;
    if (this.#lives.has(id)) return 'exists';
    const starting = (): Promise<WorkflowHandle<Output>> =>
      DBOS.startWorkflow(this.#run, { workflowID: id, workflowIDReusePolicy: 'reject' })(input);
    try {
      await this.#live(id, starting);
      return 'started';
    } catch (error) {
      if (isWorkflowIDInUseError(error)) return 'exists';
      throw engineFailed(`Workflow ${id} could not be started`, error);
    }
  }

  async state(id: string): Promise<WorkflowState> {
    return this.#stateOf(id, await this.#record(id));
  }

  async result(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Output> {
    const interruption = interrupted(id, signal);
    for (;;) {
      const end = await Promise.race([this.#lives.gone(id), interruption]);
      if (end?.kind === 'fault') throw end.error;
      const state = await this.state(id);
      if (state.kind === 'ended') return (await this.#parts.dbos.DBOS.getWorkflowStatus(id))?.output as Output; // the same workflow gave it
      if (state.kind === 'unknown' || state.kind === 'failed' || state.kind === 'cancelled') throw noResult(id, state, end);
      if (end?.kind === 'settled' && end.error !== null) throw engineFailed(`The end of workflow ${id} was not recorded`, end.error);
      if (state.kind === 'orphaned') await this.resume(id);
      else await Promise.race([pause(lookMs), this.#lives.gone(id) ?? interruption, interruption]);
    }
  }

  async resume(id: string): Promise<void> {
    const record = await this.#record(id);
    if (record === null) throw noResult(id, { kind: 'unknown' });
    if ((await this.#stateOf(id, record)).kind !== 'orphaned' || this.#lives.has(id)) return;
    const taking = async (): Promise<WorkflowHandle<unknown> | null> => {
      const heir = { executor: this.executor, token: randomUUID() };
      return (await this.#ask((pool) => takeOver(pool, id, record, heir))) ? this.#dispatch(id, heir.token) : null;
    };
    await this.#live(id, taking).catch((error: unknown) => {
      throw engineFailed(`Workflow ${id} could not be taken over`, error);
    });
  }

  /** Ends what this process has in hand; another life may take it up. */
  stopAll(fault?: unknown): void {
    this.#lives.endAll(fault === undefined ? { kind: 'lost' } : { kind: 'fault', error: fault });
  }

  async #body(input: Input): Promise<Output> {
    const { dbos, workflow } = this.#parts;
    const id = dbos.DBOS.workflowID ?? '';
    const isMine = (): Promise<boolean> => this.#ask((pool) => owns(pool, id, this.executor));
    return workflow(makeContext({ dbos, id, life: this.#lives.of(id), isMine }), input);
  }

  /** Runs a workflow that is this process's by `token` from its record, as a queue of DBOS does with what it claimed. */
  async #dispatch(id: string, token: string): Promise<WorkflowHandle<unknown>> {
    const executor = this.#parts.dbos.DBOSExecutor.globalInstance;
    const record = await executor?.systemDatabase.getWorkflowStatus(id);
    if (executor === undefined || !record) throw new Error('the engine is closed');
    return executor.executeDequeuedWorkflow(record, token);
  }

  /** Gives a workflow a life in this process, from before it begins; a null handle says that it did not. */
  async #live(id: string, begin: () => Promise<WorkflowHandle<unknown> | null>): Promise<void> {
    const life = this.#lives.begin(id);
    const stopped = life.ended.then((end) => {
      if (end.kind === 'fault') throw end.error;
      return null;
    });
    try {
      const handle = await Promise.race([begin(), stopped]);
      if (handle === null) return life.end({ kind: 'lost' });
      handle.getResult().then(
        () => life.end({ kind: 'settled', error: null }),
        (error: unknown) => life.end({ kind: 'settled', error }),
      );
    } catch (error) {
      life.end({ kind: 'lost' });
      throw error;
    }
  }

  #ask<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    return this.#parts.database.attempt(work);
  }

  #record(id: string): Promise<WorkflowRecord | null> {
    return this.#ask((pool) => recordOf(pool, id));
  }

  async #stateOf(id: string, record: WorkflowRecord | null): Promise<WorkflowState> {
    if (record === null) return { kind: 'unknown' };
    const { status, executor } = record;
    if (status === 'SUCCESS') return { kind: 'ended' };
    if (status === 'CANCELLED') return { kind: 'cancelled' };
    if (status === 'ENQUEUED' || status === 'DELAYED') return { kind: 'running', executor };
    if (status !== 'PENDING') return { kind: 'failed', message: await this.#failureOf(id) };
    return { kind: (await this.#works(id, executor)) ? 'running' : 'orphaned', executor };
  }

  async #failureOf(id: string): Promise<string> {
    const status = await this.#parts.dbos.DBOS.getWorkflowStatus(id);
    return status?.error instanceof Error ? status.error.message : (status?.status ?? 'it is gone');
  }

  async #works(id: string, executor: string): Promise<boolean> {
    if (executor === this.executor) return this.#lives.has(id);
    return executor !== nobody && (await this.#parts.database.isLive(executor));
  }
}

function noResult(id: string, state: WorkflowState, end: LifeEnd | null = null): JidokaError {
  const known = end?.kind === 'settled' && isJidokaError(end.error) ? end.error.mend : null;
  if (state.kind === 'failed')
    return engineFailed(
      `Workflow ${id} failed: ${state.message}`,
      undefined,
      known ?? 'Give the same command again: it begins anew. If it fails again, report it as a bug of jidoka.',
    );
  if (state.kind === 'cancelled') return engineFailed(`Workflow ${id} was cancelled`, undefined, 'Start it anew under another id.');
  return engineFailed(`No workflow has the id ${id}`, undefined, 'Start it first.');
}
