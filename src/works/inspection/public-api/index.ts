export { diffApi } from './diff-api.ts';
export { publicApi } from './public-api.ts';
export type { ApiSurface } from './public-api.ts';
