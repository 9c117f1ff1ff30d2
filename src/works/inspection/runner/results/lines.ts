import { z } from 'zod';
import { type Reading, type TestReport, unreadable } from './reading.ts';

const Line = z.object({
  n: z.number(),
  cwd: z.string().optional(),
  running: z.string().optional(),
  done: z.string().optional(),
  file: z.string().optional(),
  path: z.array(z.string()).optional(),
  status: z.enum(['pass', 'fail', 'skip']).optional(),
  crash: z.string().optional(),
  error: z.string().optional(),
  message: z.string().optional(),
  end: z.boolean().optional(),
});
type Line = z.infer<typeof Line>;

export interface LinesReading extends Reading {
  /** The project folder as the run saw it. */
  readonly cwd: string;
}

/**
 * Reads the JSON lines that the factory's reporters write. Lines are numbered by their one writer: a line that was
 * added, lost or changed makes the whole file unreadable, so that nothing in it counts as a pass.
 */
export function readLines(text: string): LinesReading {
  const lines: Line[] = [];
  for (const [index, raw] of text.split('\n').slice(0, -1).entries()) {
    const line = parseLine(raw);
    if (line === null || line.n !== index + 1) {
      return { ...unreadable(`line ${index + 1} of the results is not what the reporter wrote: ${raw.slice(0, 80)}`), cwd: '' };
    }
    lines.push(line);
  }
  return { ...fold(lines), cwd: lines[0]?.cwd ?? '' };
}

function parseLine(raw: string): Line | null {
  try {
    return Line.safeParse(JSON.parse(raw)).data ?? null;
  } catch {
    return null;
  }
}

function fold(lines: readonly Line[]): Reading {
  const reports: TestReport[] = [];
  const crashes: { file: string; message: string }[] = [];
  const running = new Set<string>();
  const errors: string[] = [];
  for (const line of lines) {
    if (line.running !== undefined) running.add(line.running);
    if (line.done !== undefined) running.delete(line.done);
    if (line.crash !== undefined) crashes.push({ file: line.crash, message: line.message ?? '' });
    if (line.error !== undefined) errors.push(line.error);
    if (line.file === undefined || line.path === undefined || line.status === undefined) continue;
    reports.push({ file: line.file, path: line.path, status: line.status, message: line.message });
  }
  const finished = lines.at(-1)?.end === true;
  return { reports, crashes, running: finished ? [] : [...running], finished, problem: errors[0] ?? null };
}
