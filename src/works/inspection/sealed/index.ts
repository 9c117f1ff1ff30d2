export { applySealed } from './apply-sealed.ts';
export type { SealedJob } from './apply-sealed.ts';
export { installInput } from './install-input.ts';
export { lockObjections } from './lock-objections.ts';
export { protectedPath } from './protected-path.ts';
export type { ProtectedKind } from './protected-path.ts';
export type { SealedPart, Withheld } from './seal-change.ts';
export { sealManifest } from './seal-manifest.ts';
