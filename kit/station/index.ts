import { cheatsAround } from './cheats-around.ts';
import { cheatsInSource } from './cheats-in-source.ts';
import { cheatsInTests } from './cheats-in-tests.ts';
import type { Deed } from './deed.ts';

export type { Deed } from './deed.ts';
export { honestDeeds, honestFix } from './honest.ts';
export { scriptedStation } from './scripted-station.ts';

/** Every way of cheating that the factory knows of. */
export const cheats: readonly Deed[] = [...cheatsInTests, ...cheatsInSource, ...cheatsAround];
