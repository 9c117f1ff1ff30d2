import type { Duplex, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { boundedOutput } from '../../spawn/bounded-output.ts';
import { demux } from './demux.ts';
import type { Engine } from './engine.ts';
import { asked } from './fault.ts';

/** A program to run in a container that stands. */
export interface InContainer {
  readonly argv: readonly [string, ...string[]];
  /** `uid:gid`. */
  readonly user: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program in a container that is talked to. */
export interface Talking {
  /** The raw way to it: what is written is its stdin; half-closed, its stdin ends. */
  readonly input: Duplex;
  readonly output: Readable;
  /** What it said on stderr so far, its middle cut. */
  complaints(): string;
  /** Its exit code, once its output has ended; null where the engine does not tell. */
  code(): Promise<number | null>;
}

/** Output kept of a program that is not talked to, in bytes. */
const outputBytes = 4 * 1024 * 1024;
const codeRounds = 100;
const codePollMs = 20;

/** Starts a program in a container, to talk to over its streams. Throws `workspace-failed`, `floor-unreachable`. */
export async function talkTo(engine: Engine, container: string, { argv, user, env = {} }: InContainer): Promise<Talking> {
  const doing = `starting ${argv[0]} in the container ${container.slice(0, 12)}`;
  const exec = await asked(engine, doing, () =>
    engine.api.getContainer(container).exec({
      Cmd: [...argv],
      User: user,
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    }),
  );
  const input: Duplex = await asked(engine, doing, () => exec.start({ hijack: true, stdin: true }));
  const stderr = boundedOutput(outputBytes);
  const output = demux((chunk) => stderr.add(chunk));
  // A way that breaks ends the output; what became of the program its code tells.
  input.on('error', () => output.end()).pipe(output);
  return { input, output, complaints: () => stderr.text(), code: () => codeOf(engine, exec.id) };
}

/** Runs a short program in a container to its end. Throws `workspace-failed`, `floor-unreachable`. */
export async function execute(
  engine: Engine,
  container: string,
  order: InContainer,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const talking = await talkTo(engine, container, order);
  talking.input.end();
  const stdout = boundedOutput(outputBytes);
  for await (const chunk of talking.output) stdout.add(chunk as Buffer);
  return { code: await talking.code(), stdout: stdout.text(), stderr: talking.complaints() };
}

const Ended = z.object({ Running: z.boolean(), ExitCode: z.number().nullable() });

/** An engine may close the streams a moment before it knows the code. */
async function codeOf(engine: Engine, id: string): Promise<number | null> {
  for (let round = 0; round < codeRounds; round += 1) {
    const found = await asked(engine, 'asking how a program ended', () => engine.api.getExec(id).inspect());
    const { Running, ExitCode } = Ended.parse(found);
    if (!Running) return ExitCode;
    await wait(codePollMs);
  }
  return null;
}
