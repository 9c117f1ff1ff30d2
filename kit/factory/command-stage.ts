import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { verifyEvidence } from '../../src/core/evidence/verify.ts';
import type { Finding, RunRequest } from '../../src/core/ports/factory.ts';
import { RecordingWorld, type WorldSetting } from './recording-world.ts';
import { ScriptedFactory } from './scripted-factory.ts';
import type { ScriptedRun } from './scripted-run.ts';

/** A run that ends well. */
export const sampleRun: ScriptedRun = { run: 'deps-ms-1', title: 'ms 2.1.2 -> 2.1.3', verdict: 'PR_READY' };

/** A world with a factory in it, for command lines that are given one after the other. */
export interface CommandStage {
  readonly world: RecordingWorld;
  readonly factory: ScriptedFactory;
  /** Gives a command line, and tells its exit code. */
  run(...argv: string[]): Promise<number>;
}

/** What every request becomes, and what there is besides. */
export type CommandSetting = readonly [
  runs?: readonly ScriptedRun[] | ((request: RunRequest) => readonly ScriptedRun[]),
  more?: { readonly setting?: Partial<WorldSetting>; readonly findings?: readonly Finding[] },
];

type CommandLine = (argv: readonly string[], world: RecordingWorld) => Promise<number>;

/** Stages of one suite, in a folder that each of its tests has for itself. */
export interface CommandStages {
  /** Where commands are given and evidence is written. */
  readonly folder: string;
  /** Opens a stage; every request becomes the sample run where nothing else is said. */
  stage(...setting: CommandSetting): CommandStage;
}

/**
 * Stages for the tests of a command line.
 *
 * @example
 * const here = commandStages(cli);
 * const { run, world } = here.stage();
 * await run('runs', '--json');
 */
export function commandStages(cli: CommandLine): CommandStages {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jidoka-cli-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    stage: (...setting) => openStage(cli, folder, setting),
  };
}

function openStage(
  cli: CommandLine,
  folder: string,
  [runs = [sampleRun], { setting = {}, findings = [] } = {}]: CommandSetting,
): CommandStage {
  const factory = new ScriptedFactory({ folder, findings, runsOf: (request) => (typeof runs === 'function' ? runs(request) : runs) });
  const world = new RecordingWorld({ cwd: folder, factory, verify: verifyEvidence, ...setting });
  return { world, factory, run: (...argv) => cli(argv, world) };
}
