import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { JidokaError } from '../../../core/base/error.ts';

export interface OwnGatewayOptions {
  /** What the process is told by its input: JSON. */
  readonly order: object;
  /** Its whole environment: it alone looks up keys of providers in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/** A model gateway in a process of its own, which ends with this one. */
export interface OwnGateway {
  /** Where it listens; starts it, or another in the place of one that died. Throws what kept it from starting. */
  url(): Promise<string>;
  close(): Promise<void>;
}

/** A slow machine and a database that has to be started. */
const startMs = 60_000;

/** Nothing is started before the first who asks. */
export function ownGateway(options: OwnGatewayOptions): OwnGateway {
  let running: Promise<Running> | null = null;
  let closed = false;
  return {
    url: async () => {
      if (closed) throw gone('it was closed');
      const asked = (running ??= start(options));
      try {
        const gateway = await asked;
        if (gateway.lives()) return gateway.url;
      } catch (error) {
        if (running === asked) running = null;
        throw error;
      }
      // Whoever finds it dead first starts another; all others wait for that one.
      if (running === asked) {
        options.log('it died; another is started');
        running = start(options);
      }
      return (await running).url;
    },
    close: async () => {
      closed = true;
      await running?.then((gateway) => gateway.end()).catch(() => undefined);
    },
  };
}

interface Running {
  readonly url: string;
  lives(): boolean;
  end(): Promise<void>;
}

async function start({ order, env, log }: OwnGatewayOptions): Promise<Running> {
  const child = spawn(process.execPath, [...process.execArgv.filter(isOfNode), programFile()], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`));
  });
  // It may die before it has read what it is told.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(order)}\n`);
  createInterface({ input: child.stderr }).on('line', log);
  const said = await firstWord(child, ended);
  if ('url' in said) {
    return {
      url: said.url,
      lives: () => child.exitCode === null && child.signalCode === null,
      end: async () => {
        child.stdin.end();
        const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await ended;
        clearTimeout(impatience);
      },
    };
  }
  child.kill('SIGKILL');
  throw gone(said.why, said.mend);
}

type Word = { readonly url: string } | { readonly why: string; readonly mend?: string };

/** The first line that it writes, or how it ended without one. */
async function firstWord(child: ChildProcess, ended: Promise<string>): Promise<Word> {
  const line = new Promise<Word>((resolve) => {
    if (child.stdout === null) return resolve({ why: 'it has no output' });
    createInterface({ input: child.stdout }).once('line', (text) => resolve(wordIn(text)));
  });
  let impatience: NodeJS.Timeout | undefined;
  const late = new Promise<Word>((resolve) => {
    impatience = setTimeout(() => resolve({ why: `it did not listen after ${startMs / 1000} s` }), startMs);
  });
  try {
    return await Promise.race([line, ended.then((why): Word => ({ why })), late]);
  } finally {
    clearTimeout(impatience);
  }
}

/** The pipe is between this program and itself: the shape is enough. */
function wordIn(text: string): Word {
  try {
    return JSON.parse(text) as Word;
  } catch {
    return { why: `it said ${text.slice(0, 200)}` };
  }
}

function gone(why: string, mend = 'Look at the settings: jidoka models'): JidokaError {
  return new JidokaError('gateway-failed', `The model gateway of the factory does not run: ${why}.`, { mend });
}

/** A debugger or a profiler is not for the child. */
function isOfNode(argument: string): boolean {
  return /^--(?:max-|enable-source-maps|use-|dns-|experimental-)/.test(argument);
}

/** A process runs compiled code only; this file runs from `src` too, in tests. */
function programFile(): string {
  const isCompiled = import.meta.url.endsWith('.js');
  const path = isCompiled ? '../../../gateway-process.js' : '../../../../dist/src/gateway-process.js';
  return fileURLToPath(new URL(path, import.meta.url));
}
