import { join } from 'node:path';
import { floorMark } from '../../src/core/base/floor-mark.ts';
import type { verifyEvidence } from '../../src/core/evidence/verify.ts';
import type { PriorTables } from '../../src/core/gateway/routing/priors.ts';
import type { Line } from '../../src/core/line/line.ts';
import type { Factory, LineFile } from '../../src/core/ports/factory.ts';
import type { GatewayDoor } from '../../src/core/ports/gateway/gateway-door.ts';
import { RecordingTerminal, type TerminalSetting } from './recording-terminal.ts';

export interface WorldSetting {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of the terminal; without it both streams are no terminals. */
  readonly columns?: number;
  readonly terminal?: TerminalSetting;
  /** What is piped in. */
  readonly stdin?: string | Uint8Array;
  readonly factory?: Factory;
  readonly verify?: typeof verifyEvidence;
  /** What moves a database, for `db move`. */
  readonly move?: MoveDatabase;
  /** What starts a double of model APIs, for `twin model`. */
  readonly modelTwin?: OpenModelTwin;
  /** The model gateway, for `gateway serve` and `models`. */
  readonly gateway?: GatewayDoor;
  /** What comes with jidoka, for `cutoff` and `route`. */
  readonly shipped?: Shipped;
}

interface Shipped {
  lines(files: readonly LineFile[]): Promise<readonly Line[]>;
  priors(): Promise<PriorTables>;
}

type TwinFile = { readonly path: string; readonly text: string } | null;
type OpenModelTwin = (files: {
  readonly scenario: TwinFile;
  readonly replay: TwinFile;
  readonly tape: string | null;
  readonly port: number;
}) => Promise<{ readonly url: string; close(): Promise<void> }>;

type MoveDatabase = (
  config: { readonly home: string; readonly databaseUrl: string | null },
  to: string | null,
) => Promise<{
  readonly from: string;
  readonly to: string;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly ms: number;
}>;

/**
 * A world for a command line to stand in: it keeps what is printed, its clock and its signals are moved by hand.
 *
 * @example
 * const world = new RecordingWorld({ cwd: folder, factory });
 * const code = await cli(['runs', '--json'], world);
 */
export class RecordingWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The script as it was called: beside the current folder's files, as in a clone. */
  readonly script: string;
  readonly actor = 'cli:tester';
  /** What was told to the process that started this one. */
  readonly reports: object[] = [];
  readonly stdout: RecordingSink;
  readonly stderr: RecordingSink;
  readonly terminal: RecordingTerminal;
  /** Milliseconds since 1970. */
  time = Date.parse('2026-01-01T00:00:00Z');
  readonly #setting: WorldSetting;
  readonly #ticks = new Set<() => void>();
  readonly #listeners = new Set<(signal: string) => void>();

  constructor(setting: WorldSetting) {
    this.#setting = setting;
    this.cwd = setting.cwd;
    this.script = join(setting.cwd, 'main.js');
    this.env = { JIDOKA_HOME: setting.cwd, PATH: process.env['PATH'] ?? '', ...setting.env };
    this.stdout = new RecordingSink(setting.columns ?? 0);
    this.stderr = new RecordingSink(setting.columns ?? 0);
    this.terminal = new RecordingTerminal(setting.terminal ?? {}, (text) => this.stdout.write(text));
  }

  async *stdin(): AsyncGenerator<Uint8Array | string> {
    yield this.#setting.stdin ?? '';
  }

  readonly now = (): number => this.time;

  readonly every = (_ms: number, tick: () => void): (() => void) => {
    this.#ticks.add(tick);
    return () => this.#ticks.delete(tick);
  };

  readonly onSignal = (listen: (signal: string) => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  readonly openFactory = async (): Promise<Factory> => {
    if (this.#setting.factory === undefined) throw new Error('this world has no factory');
    return this.#setting.factory;
  };

  readonly loadVerifier = async (): Promise<typeof verifyEvidence> => {
    if (this.#setting.verify === undefined) throw new Error('this world has no verifier');
    return this.#setting.verify;
  };

  readonly loadMove = async (): Promise<MoveDatabase> => {
    if (this.#setting.move === undefined) throw new Error('this world moves no database');
    return this.#setting.move;
  };

  readonly loadModelTwin = async (): Promise<OpenModelTwin> => {
    if (this.#setting.modelTwin === undefined) throw new Error('this world has no model twin');
    return this.#setting.modelTwin;
  };

  readonly loadGateway = async (): Promise<GatewayDoor> => {
    if (this.#setting.gateway === undefined) throw new Error('this world has no model gateway');
    return this.#setting.gateway;
  };

  readonly loadShipped = async (): Promise<Shipped> => {
    if (this.#setting.shipped === undefined) throw new Error('this world ships nothing');
    return this.#setting.shipped;
  };

  /** A world is within a job where its environment bears the mark. */
  readonly isInsideJob = async (): Promise<boolean> => this.env[floorMark] !== undefined;

  readonly report = (message: object): void => void this.reports.push(message);

  /** Lets time pass and draws what is drawn again and again. */
  pass(ms: number): void {
    this.time += ms;
    for (const tick of this.#ticks) tick();
  }

  /** Sends a signal; false where nobody listens and a real process would end. */
  send(signal: string): boolean {
    const listeners = [...this.#listeners];
    for (const listen of listeners) listen(signal);
    return listeners.length > 0;
  }
}

/** A stream that keeps what is written to it. */
export class RecordingSink {
  readonly columns: number;
  /** Set by hand: whoever read has gone away. */
  isGone = false;
  text = '';
  readonly #watchers = new Set<{ readonly needle: string; readonly seen: () => void }>();

  constructor(columns: number) {
    this.columns = columns;
  }

  get isTTY(): boolean {
    return this.columns > 0;
  }

  write(text: string): void {
    this.text += text;
    for (const { needle, seen } of this.#watchers) if (this.text.includes(needle)) seen();
  }

  /** Waits until a text has been written. */
  async wrote(needle: string): Promise<void> {
    if (this.text.includes(needle)) return;
    await new Promise<void>((seen) => this.#watchers.add({ needle, seen }));
  }
}
