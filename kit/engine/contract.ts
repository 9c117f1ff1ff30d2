import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { isJidokaError, JidokaError, type ErrorCode } from '../../src/core/base/error.ts';
import type { Json } from '../../src/core/base/json.ts';
import type { Engine, Workflow, WorkflowContext } from '../../src/core/ports/engine.ts';

/** A place where engines can be opened one after another on the same durable state. Closing an engine is its death. */
export interface EnginesUnderTest {
  open(): Promise<Engine<string, Json>>;
  close(): Promise<void>;
}

type Script = (context: WorkflowContext) => Promise<Json>;

/**
 * What every engine promises. `make` is called once, with the workflow its engines must run.
 *
 * @example
 * engineContract('the engine in memory', async (workflow) => {
 *   const store = memoryWorkflows();
 *   return { open: async () => memoryEngine(workflow, store), close: async () => {} };
 * });
 */
export function engineContract(name: string, make: (workflow: Workflow<string, Json>) => Promise<EnginesUnderTest>): void {
  describe(name, () => {
    const bench = new Bench();
    beforeAll(async () => bench.set(await make(bench.workflow)));
    afterEach(() => bench.closeEngine());
    afterAll(() => bench.close());

    working(bench);
    failing(bench);
    dying(bench);
    mending(bench);
  });
}

/** Holds what the tests share: scripts by workflow id, and the one engine that is open. */
class Bench {
  #under: EnginesUnderTest | null = null;
  #engine: Engine<string, Json> | null = null;
  readonly #scripts = new Map<string, Script>();

  readonly workflow: Workflow<string, Json> = async (context, id) => {
    const script = this.#scripts.get(id);
    if (script === undefined) throw new Error(`no script for ${id}`);
    return script(context);
  };

  set(under: EnginesUnderTest): void {
    this.#under = under;
  }

  /** Closes the engine that is open and opens another on the same state. */
  async open(): Promise<Engine<string, Json>> {
    await this.closeEngine();
    assert.ok(this.#under);
    this.#engine = await this.#under.open();
    return this.#engine;
  }

  script(script: Script): string {
    const id = `w-${randomUUID()}`;
    this.#scripts.set(id, script);
    return id;
  }

  async closeEngine(): Promise<void> {
    await this.#engine?.close();
    this.#engine = null;
  }

  async close(): Promise<void> {
    await this.closeEngine();
    await this.#under?.close();
  }
}

function working(bench: Bench): void {
  it('runs steps in order, once, and gives the output to everyone who asks', async () => {
    const engine = await bench.open();
    const done: string[] = [];
    const id = bench.script(async ({ step }) => {
      const first = await step('first', async () => ({ n: done.push('first') }));
      const second = await step('second', async () => [done.push('second'), first.n]);
      return { second, none: null };
    });
    assert.deepEqual(await engine.state(id), { kind: 'unknown' });
    assert.equal(await engine.start(id, id), 'started');
    assert.deepEqual(await engine.result(id), { second: [2, 1], none: null });
    assert.equal(await engine.start(id, id), 'exists');
    assert.deepEqual(await engine.result(id), { second: [2, 1], none: null });
    assert.deepEqual(await engine.state(id), { kind: 'ended' });
    assert.deepEqual(done, ['first', 'second']);
  });

  it('works on many workflows at once, each with steps at once', async () => {
    const engine = await bench.open();
    const ids = Array.from({ length: 20 }, (_, index) =>
      bench.script(({ step }) => Promise.all([step('a', async () => index), step('b', async () => -index)])),
    );
    await Promise.all(ids.map((id) => engine.start(id, id)));
    const results = await Promise.all(ids.map((id) => engine.result(id)));
    assert.deepEqual(
      results,
      ids.map((_, index) => [index, -index || 0]),
    );
  });

  it('says that a workflow is running and by whom, and lets a waiter give up without stopping it', async () => {
    const engine = await bench.open();
    const gate = new Gate();
    const id = bench.script(({ step }) => step('held', () => gate.hold(null)));
    await engine.start(id, id);
    await gate.reached;
    assert.deepEqual(await engine.state(id), { kind: 'running', executor: engine.executor });
    await engine.resume(id);
    const patience = new AbortController();
    const waiting = engine.result(id, { signal: patience.signal });
    patience.abort();
    await assert.rejects(waiting, code('interrupted'));
    await assert.rejects(engine.result(id, { signal: patience.signal }), code('interrupted'));
    gate.open('late');
    assert.equal(await engine.result(id), 'late');
    assert.equal(gate.entered, 1);
  });
}

function failing(bench: Bench): void {
  it('keeps a workflow that threw as failed, with its message, and does not run it again', async () => {
    const engine = await bench.open();
    const id = bench.script(async () => {
      throw new Error('the workflow broke');
    });
    await engine.start(id, id);
    await assert.rejects(engine.result(id), (e) => code('engine-failed')(e) && String(e).includes('the workflow broke'));
    const state = await engine.state(id);
    assert.ok(state.kind === 'failed' && state.message.includes('the workflow broke'));
    assert.equal(await engine.start(id, id), 'exists');
    await engine.resume(id);
    assert.equal((await engine.state(id)).kind, 'failed');
  });

  it('refuses a step name that is used twice', async () => {
    const engine = await bench.open();
    const id = bench.script(async ({ step }) => [await step('same', async () => 1), await step('same', async () => 2)]);
    await engine.start(id, id);
    await assert.rejects(engine.result(id), (e) => code('engine-failed')(e) && String(e).includes('"same"'));
  });

  it('throws engine-failed where nobody started the workflow', async () => {
    const engine = await bench.open();
    await assert.rejects(engine.result('w-never'), code('engine-failed'));
    await assert.rejects(engine.resume('w-never'), code('engine-failed'));
  });

  it('gives the workflow the same error of a step in every life', async () => {
    const seen: unknown[] = [];
    const gate = new Gate();
    const id = bench.script(async ({ step }) => {
      await step('plain', () => Promise.reject(new TypeError('plain'))).catch((e: Error) => seen.push(e.message));
      const fault = new JidokaError('git-failed', 'git broke', { mend: 'Mend git.', data: { exit: 128 } });
      await step('marked', () => Promise.reject(fault)).catch((e: unknown) => {
        assert.ok(isJidokaError(e));
        seen.push([e.code, e.message, e.mend, e.data]);
      });
      return step('held', () => gate.hold(null));
    });
    const first = await bench.open();
    await first.start(id, id);
    await gate.reached;
    const second = await bench.open();
    gate.open('done');
    await second.result(id);
    const errors = ['plain', ['git-failed', 'git broke', 'Mend git.', { exit: 128 }]];
    assert.deepEqual(seen, [...errors, ...errors]);
  });
}

function dying(bench: Bench): void {
  it('leaves the work of a dead engine alone until asked, then goes on where it stopped', async () => {
    const [gate, done] = [new Gate(), new Array<string>()];
    const id = bench.script(async ({ step }) => {
      const first = await step('first', async () => done.push('first'));
      const held = await step('held', (signal) => gate.hold(signal));
      return [first, held, await step('last', async () => done.push('last'))];
    });
    const first = await bench.open();
    await first.start(id, id);
    await gate.reached;
    const second = await bench.open();
    assert.ok(gate.interrupted, 'the step in hand hears that its engine closes');
    assert.deepEqual(await second.state(id), { kind: 'orphaned', executor: first.executor });
    assert.equal(await second.start(id, id), 'exists');
    assert.equal(gate.entered, 1);
    gate.open('held');
    await second.resume(id);
    assert.deepEqual(await second.result(id), [1, 'held', 2]);
    assert.deepEqual(done, ['first', 'last']);
    assert.equal(gate.entered, 2);
  });

  it('takes over by itself when someone waits for the work of a dead engine', async () => {
    const gate = new Gate();
    const id = bench.script(({ step }) => step('held', () => gate.hold(null)));
    const first = await bench.open();
    await first.start(id, id);
    await gate.reached;
    const second = await bench.open();
    gate.open('taken');
    assert.equal(await second.result(id), 'taken');
  });

  it('fails a workflow whose steps come in another order than in its first life', async () => {
    const gate = new Gate();
    let name = 'before';
    const id = bench.script(async ({ step }) => {
      await step(name, async () => name);
      return step('held', () => gate.hold(null));
    });
    const first = await bench.open();
    await first.start(id, id);
    await gate.reached;
    name = 'after';
    const second = await bench.open();
    gate.open('done');
    await assert.rejects(second.result(id), (e) => code('engine-failed')(e) && /before.*after|after.*before/.test(String(e)));
  });
}

function mending(bench: Bench): void {
  it('ends a life, not the workflow, where the surroundings fail', async () => {
    const engine = await bench.open();
    const done: string[] = [];
    let room = false;
    const id = bench.script(async ({ step }) => {
      await step('first', async () => done.push('first'));
      return step('store', async () => {
        if (!room) throw new JidokaError('disk-full', 'No room.', { mend: 'Make room.' });
        return done.push('store');
      });
    });
    await engine.start(id, id);
    await assert.rejects(engine.result(id), (e) => code('disk-full')(e) && isJidokaError(e) && e.mend === 'Make room.');
    assert.equal((await engine.state(id)).kind, 'orphaned');
    await assert.rejects(engine.result(id), code('disk-full'));
    room = true;
    assert.equal(await engine.result(id), 2);
    assert.deepEqual(done, ['first', 'store']);
  });
}

/** A step that waits for the test. Once open it lets everyone through. */
class Gate {
  entered = 0;
  interrupted = false;
  readonly reached: Promise<void>;
  #reach: () => void = () => {};
  readonly #opened: Promise<string>;
  #open: (value: string) => void = () => {};

  constructor() {
    this.reached = new Promise((resolve) => (this.#reach = resolve));
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  hold(signal: AbortSignal | null): Promise<string> {
    this.entered += 1;
    signal?.addEventListener('abort', () => (this.interrupted = true));
    this.#reach();
    return this.#opened;
  }

  open(value: string): void {
    this.#open(value);
  }
}

function code(expected: ErrorCode): (error: unknown) => boolean {
  return (error) => isJidokaError(error) && error.code === expected;
}
