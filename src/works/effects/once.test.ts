import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Death, Mortal, Outside } from '../../../kit/effects/index.ts';
import { memoryLedger } from '../../../kit/ledger/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { Json } from '../../core/base/json.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { once, type Effect } from './index.ts';

const run = parseRunId('deps-ms-1');

/** A run whose only effect is a comment, worked by one process after another. */
class Scene {
  readonly ledger = memoryLedger();
  readonly outside: Outside;
  #step = 0;

  constructor(keepsKeys = false) {
    this.outside = new Outside({ keepsKeys });
  }

  /** Gives the step to a new process, which fences off the one before; then works until that process is done or dead. */
  async live(life = new Mortal(), change: Partial<Effect> = {}): Promise<Json> {
    this.#step += 1;
    const token = this.#step;
    const events = await this.ledger.read(run);
    return once(this.#comment(life, change), { events, append: (keyed) => life.across(() => this.#append(token, keyed)) });
  }

  async told(): Promise<readonly string[]> {
    return (await this.ledger.read(run)).map(({ body }) => (body.type === 'effect.done' ? `${body.type} ${body.how}` : body.type));
  }

  #comment(life: Mortal, change: Partial<Effect>): Effect {
    return {
      key: 'comment',
      kind: 'comment',
      target: 'issue 1',
      digest: 'd1',
      perform: () => life.across(() => this.outside.make(`${run}/comment`, 'done')),
      lookup: () => life.across(() => this.outside.find(`${run}/comment`)),
      ...change,
    };
  }

  async #append(token: number, keyed: readonly (readonly [string, LedgerEvent['body']])[]): Promise<readonly LedgerEvent[]> {
    if (token !== this.#step) throw new JidokaError('fenced', `The step is ${this.#step}'s.`, { mend: 'Leave it.' });
    return this.ledger.append(
      run,
      keyed.map(([key, body]) => ({ key, body, at: '2026-01-01T00:00:00.000Z', actor: 'factory' })),
    );
  }
}

const boundaries = 8; // before and after each of: lookup, intent, perform, record

describe('an effect', () => {
  it('is intended, performed and recorded, and then found in the ledger without asking anybody', async () => {
    const scene = new Scene();
    expect(await scene.live()).toEqual({ id: 1 });
    const never = (): Promise<never> => Promise.reject(new Error('asked'));
    expect(await scene.live(new Mortal(), { lookup: never, perform: never })).toEqual({ id: 1 });
    expect(await scene.told()).toEqual(['effect.intended', 'effect.done performed']);
    expect(scene.outside.made).toHaveLength(1);
  });

  it.each(Array.from({ length: boundaries }, (_, index) => index + 1))(
    'is there once where its process died at boundary %i',
    async (at) => {
      const scene = new Scene();
      await expect(scene.live(new Mortal(at))).rejects.toThrow(Death);
      const wasThere = scene.outside.made.length === 1;
      const wasRecorded = (await scene.told()).length === 2;
      expect(await scene.live()).toEqual({ id: 1 });
      expect(scene.outside.made).toHaveLength(1);
      const how = wasThere && !wasRecorded ? 'found' : 'performed';
      expect(await scene.told()).toEqual(['effect.intended', `effect.done ${how}`]);
    },
  );

  it('has no boundary that this suite leaves out', async () => {
    const scene = new Scene();
    await expect(scene.live(new Mortal(boundaries))).rejects.toThrow(Death);
    await expect(new Scene().live(new Mortal(boundaries + 1))).resolves.toEqual({ id: 1 });
  });

  it('is there once after any number of deaths, refusals and lost answers', async () => {
    const deaths = fc.array(fc.integer({ min: 1, max: boundaries }), { maxLength: 8 });
    const troubles = fc.array(fc.constantFrom('refuses' as const, 'loses-answer' as const), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(deaths, troubles, fc.boolean(), async (lives, met, keepsKeys) => {
        const scene = new Scene(keepsKeys);
        scene.outside.meets(...met);
        for (const at of lives) await scene.live(new Mortal(at)).catch(() => null);
        for (const _ of met) await scene.live().catch(() => null);
        expect(await scene.live()).toEqual({ id: 1 });
        expect(scene.outside.made).toHaveLength(1);
        expect(await scene.told()).toHaveLength(2);
      }),
    );
  });

  it('that was refused is left intended, and the next try brings it about', async () => {
    const scene = new Scene();
    scene.outside.meets('refuses');
    await expect(scene.live()).rejects.toThrow('503');
    expect(await scene.told()).toEqual(['effect.intended']);
    await scene.live();
    expect(await scene.told()).toEqual(['effect.intended', 'effect.done performed']);
  });

  it('whose answer was lost is found', async () => {
    const scene = new Scene();
    scene.outside.meets('loses-answer');
    await expect(scene.live()).rejects.toThrow('ETIMEDOUT');
    expect(await scene.live()).toEqual({ id: 1 });
    expect(await scene.told()).toEqual(['effect.intended', 'effect.done found']);
  });

  it.each(['begun', 'done'])('that was %s is refused for another content', async (state) => {
    const scene = new Scene();
    await scene.live(state === 'begun' ? new Mortal(5) : new Mortal()).catch(() => null);
    await expect(scene.live(new Mortal(), { digest: 'd2' })).rejects.toMatchObject({ code: 'invariant', message: /d1.*d2/ });
    expect(scene.outside.made).toHaveLength(state === 'begun' ? 0 : 1);
  });
});

describe('two processes of which one lost the step', () => {
  it('perform once where it was lost before the intent', async () => {
    const scene = new Scene();
    const first = scene.live(new Mortal(), {
      lookup: async () => {
        await scene.live();
        return null;
      },
    });
    await expect(first).rejects.toMatchObject({ code: 'fenced' });
    expect(scene.outside.made).toHaveLength(1);
  });

  it.each([
    ['once where the outside keeps keys', true, 1],
    ['each where it does not and one request was on its way', false, 2],
  ])('perform %s', async (_, keepsKeys, times) => {
    const scene = new Scene(keepsKeys);
    const arrive = scene.outside.delayNext();
    const first = scene.live();
    await expect.poll(() => scene.told()).toEqual(['effect.intended']);
    expect(await scene.live()).toEqual({ id: 1 });
    arrive();
    await expect(first).rejects.toMatchObject({ code: 'fenced' });
    expect(scene.outside.made).toHaveLength(times);
    expect(await scene.told()).toEqual(['effect.intended', 'effect.done performed']);
  });
});
