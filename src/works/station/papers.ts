import { JidokaError } from '../../core/base/error.ts';
import { canonicalJson, toJson } from '../../core/base/json.ts';
import type { ProcessResult, Workspace } from '../../core/ports/floor.ts';
import type { StationJob } from '../../core/ports/station.ts';

/** What passes between the factory and a program beside the tree. */
export interface Papers {
  readonly packet: string;
  readonly result: string;
}

type Desk = Pick<StationJob, 'workspace' | 'signal'>;

/** Characters of one variable of a command; Linux takes 128 KiB. */
const partLength = 100_000;
/** Biggest result that is read, in bytes. */
const biggestResult = 1024 * 1024;

/** Files of a job, outside of the checkout. */
export function papersOf({ workspace: { scratch } }: Desk): Papers {
  return { packet: `${scratch}/packet.json`, result: `${scratch}/result.json` };
}

/**
 * Lays the job on the desk: the packet and what was objected to so far, the same for every attempt with the same words.
 * An older result is taken away. Throws `workspace-failed`.
 */
export async function writePacket(job: StationJob): Promise<void> {
  const { packet, result } = papersOf(job);
  const text = ascii(canonicalJson({ packet: job.packet, assignment: toJson(job.assignment), feedback: job.feedback }));
  await need(job, 'rm -rf -- "$RESULT" "$PACKET" && : > "$PACKET"', { PACKET: packet, RESULT: result });
  for (let at = 0; at < text.length; at += partLength) {
    await need(job, 'printf %s "$PART" >> "$PACKET"', { PACKET: packet, PART: text.slice(at, at + partLength) });
  }
}

/** What the program wrote as its result; null where it wrote none. Not waited for, where it is something that blocks. */
export async function readResult(job: Desk): Promise<string | null> {
  const { result } = papersOf(job);
  const script =
    'if [ -f "$RESULT" ]; then cat -- "$RESULT"; elif [ -e "$RESULT" ] || [ -L "$RESULT" ]; then echo "no file"; else exit 9; fi';
  const read = await inShell(job.workspace, script, { RESULT: result });
  if (read.exit.kind === 'exited' && read.exit.code === 9) return null;
  return read.truncated ? `more than ${biggestResult} bytes` : read.stdout;
}

/** JSON says every character in ASCII too; so text may be cut anywhere. */
function ascii(json: string): string {
  return json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function need({ workspace, signal }: Desk, script: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { exit, stderr } = await inShell(workspace, script, env);
  if (exit.kind === 'exited' && exit.code === 0) return;
  const full = /no space left|quota exceeded/i.test(stderr);
  throw new JidokaError(full ? 'disk-full' : 'workspace-failed', `The packet could not be written: ${stderr.trim() || exit.kind}`, {
    mend: signal.aborted ? 'Resume the run.' : 'Look at the space and the rights of the floor, and run it again.',
  });
}

function inShell(workspace: Workspace, script: string, env: Readonly<Record<string, string>>): Promise<ProcessResult> {
  const command = { argv: ['sh', '-c', script] as const, cwd: '', env, timeoutMs: 30_000, network: 'none' as const };
  return workspace.spawn({ ...command, maxOutputBytes: biggestResult });
}
