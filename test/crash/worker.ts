import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A process of worker-process.ts as the test sees it. */
export class Worker {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #said: string[] = [];
  readonly #waiting = new Set<() => void>();
  #errors = '';

  static async start(script: string, home: string, file: string): Promise<Worker> {
    const worker = new Worker(spawn(process.execPath, [script, home, file], { stdio: ['pipe', 'pipe', 'pipe'] }));
    await worker.hears(/^ready /);
    return worker;
  }

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    const wake = (): void => this.#waiting.forEach((look) => look());
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#said.push(line);
      wake();
    });
    child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    child.on('close', wake);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tell(command: string): void {
    this.#child.stdin.write(`${command}\n`);
  }

  /** Tells and waits for the answer, the last word of it. */
  async ask(command: string): Promise<string> {
    const [verb, id] = command.split(' ');
    const before = this.#said.length;
    this.tell(command);
    const answer = await this.hears(new RegExp(`^${verb} ${id ?? ''} `), before);
    return answer.split(' ').slice(2).join(' ');
  }

  /** Waits for a line; fails with what the process wrote to stderr where it ends without. */
  hears(pattern: RegExp, from = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const line = this.#said.slice(from).find((said) => pattern.test(said));
        const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (line === undefined && !ended) return;
        this.#waiting.delete(look);
        if (line === undefined) reject(new Error(`the worker ended without ${pattern}:\n${this.#errors}`));
        else resolve(line);
      };
      this.#waiting.add(look);
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  /** Lets the process end in order; gives its exit code. */
  async end(): Promise<number | null> {
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    await closed;
    return this.#child.exitCode;
  }
}
