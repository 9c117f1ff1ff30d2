import { fileTape, politeScenario, readScenario, readTape, startModelTwin } from './plant/twin/index.ts';

/** A file that was read: what it says, and its name for messages. */
interface TwinFile {
  readonly path: string;
  readonly text: string;
}

export interface ModelTwinFiles {
  /** Null for a scenario that says what it is. */
  readonly scenario: TwinFile | null;
  /** A tape whose answers are given again; null for none. */
  readonly replay: TwinFile | null;
  /** Absolute path of the tape to write; null for none. */
  readonly tape: string | null;
  /** Port of 127.0.0.1; 0 for a free one. */
  readonly port: number;
}

/** Starts a model twin from files. Throws `scenario-invalid`, `port-taken`, and `usage` where the tape cannot be written. */
export async function openModelTwin(files: ModelTwinFiles): Promise<{ readonly url: string; close(): Promise<void> }> {
  const scenario = files.scenario === null ? politeScenario() : readScenario(files.scenario.text, files.scenario.path);
  const replay = files.replay === null ? null : readTape(files.replay.text, files.replay.path);
  const tape = files.tape === null ? null : await fileTape(files.tape);
  return startModelTwin({ scenario, replay, tape, port: files.port });
}
