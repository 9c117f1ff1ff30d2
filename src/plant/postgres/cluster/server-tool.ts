import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import type { Account } from './cluster-place.ts';

/** PostgreSQL programs that were found and answered. */
export interface Binaries {
  /** Folder with initdb and postgres. */
  readonly bin: string;
  readonly major: number;
  /** As the program says it: '18.4'. */
  readonly version: string;
  /** Folders to look for shared libraries in, beside the system's; empty where the system's are enough. */
  readonly libraries: readonly string[];
}

export interface ToolResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs one of the programs to its end; never throws for what it does. The output holds both streams. */
export async function runTool(
  binaries: Pick<Binaries, 'bin' | 'libraries'>,
  argv: readonly [string, ...string[]],
  as: Account | null,
): Promise<ToolResult> {
  const [program, ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(join(binaries.bin, program), rest, {
      ...as,
      cwd: '/',
      env: toolEnvironment(binaries.libraries),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}

/** What PostgreSQL gets to see: no PG* variable of the user may reach it, and messages come in English. */
export function toolEnvironment(libraries: readonly string[]): NodeJS.ProcessEnv {
  const base = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  if (libraries.length === 0) return base;
  return { ...base, [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraries.join(delimiter) };
}
