export { RecordingSink, RecordingWorld, type WorldSetting } from './recording-world.ts';
export { type FactoryScript, ScriptedFactory, type ScriptedRun } from './scripted-factory.ts';
