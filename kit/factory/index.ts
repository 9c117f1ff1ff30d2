export { commandStages, sampleRun, type CommandStage } from './command-stage.ts';
export { RecordingWorld, type WorldSetting } from './recording-world.ts';
export { sampleProbe } from './memory-floor-desk.ts';
export { ScriptedFactory, type FactoryScript } from './scripted-factory.ts';
export type { ScriptedGate, ScriptedRun } from './scripted-run.ts';
