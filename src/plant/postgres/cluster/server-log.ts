import { open, rename, stat } from 'node:fs/promises';
import { diskFull, saysDiskFull, unavailable } from '../faults.ts';
import type { JidokaError } from '../../../core/base/error.ts';

const keepBytes = 1 << 20;
const tailBytes = 4_000;
const tailLines = 12;
/** What our own attempts to connect leave behind while the server starts. */
const knocks = /the database system is (starting up|not yet accepting|shutting down)|Consistent recovery state/;

/** Puts a log that has grown beyond 1 MiB aside as `….1`; called while no server writes to it. */
export async function rotateLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > keepBytes) await rename(path, `${path}.1`);
}

/** Bytes of the log so far. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Makes the fault of a server that did not come up, from what it wrote to its log since byte `from`. */
export async function startFault(path: string, from: number, what: string): Promise<JidokaError> {
  const said = await tail(path, from);
  return faultOfOutput(
    what,
    said === '' ? `${path} holds nothing new` : said,
    `Read ${path}; \`jidoka doctor\` shows what PostgreSQL needs.`,
  );
}

/** Tells a full disk from any other reason a program of PostgreSQL gives. */
export function faultOfOutput(what: string, output: string, mend: string): JidokaError {
  if (saysDiskFull(output)) return diskFull(`${what}:\n${output}`);
  return unavailable(`${what}:\n${output}`, undefined, mend);
}

async function tail(path: string, from: number): Promise<string> {
  const size = await sizeOf(path);
  const start = Math.max(from, size - tailBytes);
  if (size <= start) return '';
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.toString('utf8', 0, bytesRead).trim().split('\n');
    return lines
      .filter((line) => !knocks.test(line))
      .slice(-tailLines)
      .join('\n');
  } finally {
    await file.close();
  }
}
