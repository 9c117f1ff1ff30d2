export { escapeAttempts } from './escapes/all-attempts.ts';
export type { EscapeAttempt, EscapeGroup } from './escapes/attempt.ts';
export type { Planted } from './escapes/planted.ts';
export { plantOutside } from './escapes/plant-outside.ts';
export { runEscapes } from './escapes/run-escapes.ts';
export type { EscapeOutcome, EscapePlace } from './escapes/run-escapes.ts';
