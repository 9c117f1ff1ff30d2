import type { Command, ProcessResult } from '../../src/core/ports/floor.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';

/** Does what a command does; `signal` is aborted when it is to end. */
export type Program = (command: Command, workspace: MemoryWorkspace) => number | Promise<number>;

/** The programs of a house by their names; one that nobody gave ends well. */
export class Programs {
  /** Names of all that was run, in order. */
  readonly log: string[] = [];
  readonly #programs = new Map<string, Program>();

  /** Gives a program, or replaces it. */
  set(name: string, program: Program): void {
    this.#programs.set(name, program);
  }

  /** Gives a program that ends with these exit codes, one after the other; the last one stays. */
  codes(name: string, ...codes: readonly number[]): void {
    let turn = 0;
    this.set(name, () => codes[Math.min(turn++, codes.length - 1)] ?? 0);
  }

  /** Gives a program that stands still until it is told to end, or is cut. */
  halt(name: string): Halt {
    const halt = new Halt();
    this.set(name, (command) => halt.stand(command.signal));
    return halt;
  }

  async run(command: Command, workspace: MemoryWorkspace): Promise<ProcessResult> {
    const [name] = command.argv;
    this.log.push(name);
    const code = await (this.#programs.get(name) ?? (() => 0))(command, workspace);
    const exit = command.signal?.aborted === true ? ({ kind: 'cancelled' } as const) : ({ kind: 'exited', code } as const);
    return { exit, stdout: `${name} ends with ${code}`, stderr: '', truncated: false, durationMs: 1 };
  }
}

/** A place where programs and stations of a test stand until they are let go. */
export class Halt {
  /** Why those that were cut had to go, in order. */
  readonly cuts: unknown[] = [];
  readonly begun: Promise<void>;
  #begin: () => void = () => {};
  readonly #going: Promise<number>;
  #go: (code: number) => void = () => {};

  constructor() {
    this.begun = new Promise((resolve) => (this.#begin = resolve));
    this.#going = new Promise((resolve) => (this.#go = resolve));
  }

  /** Lets all that stand here go, with an exit code. */
  go(code = 0): void {
    this.#go(code);
  }

  stand(signal?: AbortSignal): Promise<number> {
    this.#begin();
    const cut = new Promise<number>((resolve) => {
      const leave = (): void => (this.cuts.push(signal?.reason), resolve(1));
      if (signal?.aborted === true) leave();
      else signal?.addEventListener('abort', leave, { once: true });
    });
    return Promise.race([this.#going, cut]);
  }
}
