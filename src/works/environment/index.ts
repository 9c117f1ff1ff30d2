export { readEnvironment } from './read-environment.ts';
export { unmetTools } from './unmet-tools.ts';
