export { RecordingWorld, type WorldSetting } from './recording-world.ts';
export { ScriptedFactory, type ScriptedRun } from './scripted-factory.ts';
