import type { Ended } from '../../../kit/scenario/index.ts';
import { living } from '../../../kit/scenario/index.ts';
import type { MemoryTape, TapeEntry } from '../../../src/plant/twin/index.ts';
import { kill } from '../../kills/trial.ts';
import type { Scene } from '../../scenarios/scene.ts';

interface Dying {
  readonly scene: Scene;
  readonly tape: MemoryTape;
  /** The call of the model that the factory does not live to see answered. */
  readonly isLast: (entry: TapeEntry) => boolean;
}

/** Gives a command line to a factory of its own process, kills that with SIGKILL, and gives it again to another. */
export async function killedOnce(args: readonly string[], { scene, tape, isLast }: Dying): Promise<Ended> {
  const running = scene.start(args);
  await calledOf(tape, isLast, running.ended);
  const family = await kill(running);
  const ended = await scene.jidoka(args);
  const left = await living(family);
  if (left.length > 0)
    throw new Error(`These lived on with the factory dead and the run ended: ${left.map(({ name }) => name).join(', ')}`);
  return ended;
}

/** Resolves with the first call of the model of which this is true; rejects where the run ends before. */
export async function calledOf(
  tape: MemoryTape,
  isIt: Parameters<MemoryTape['seen']>[0],
  ended: Promise<unknown>,
): ReturnType<MemoryTape['seen']> {
  const over = ended.then(() => {
    throw new Error('the run ended before the model was asked that');
  });
  over.catch(() => undefined); // it is heard of by the race
  return await Promise.race([tape.seen(isIt), over]);
}
