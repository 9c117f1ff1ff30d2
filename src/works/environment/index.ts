export { readEnvironment } from './read-environment.ts';
export { unmetTools, type UnmetTool } from './unmet-tools.ts';
