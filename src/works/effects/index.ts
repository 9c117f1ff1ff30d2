export { once, type Append, type Effect, type EffectKind, type EffectMeans } from './once.ts';
