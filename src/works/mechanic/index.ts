export {
  installCommand,
  installLadder,
  rebuildScripts,
  type InstallOptions,
  type InstallOutcome,
  type RebuildOptions,
} from './install-ladder.ts';
export { mechanic, type MechanicNeeds } from './mechanic.ts';
export { classifyNpmFailure, npmErrorLines } from './npm-failure.ts';
