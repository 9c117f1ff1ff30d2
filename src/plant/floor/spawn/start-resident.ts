import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lifeOf } from './life.ts';

/** A process of the floor's own that lives on without the factory, named so that no later process can be taken for it. */
export interface Resident {
  readonly pid: number;
  readonly life: string;
}

/** Processes of the floor's own that a workspace may have: they are no command's, and live as long as it stands. */
export const residents = ['holder', 'port'] as const;

/** What a resident of a workspace carries as JIDOKA_JOB. */
export function residentMark({ job }: { readonly job: string }, which: (typeof residents)[number]): string {
  return `${job}${which}`;
}

/** Starts a program that says `ready` when it stands, and tells what it said so far. Throws with what it said where it ends without. */
export async function startResident(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<Resident & { readonly said: string }> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { cwd: '/', env: { ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child, 'spawn');
  let [said, complained] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  for await (const text of child.stdout.setEncoding('utf8')) {
    said += String(text);
    if (said.includes('ready\n')) break;
  }
  child.stderr.destroy();
  child.unref();
  const life = child.pid === undefined ? null : await lifeOf(child.pid);
  if (said.includes('ready\n') && life !== null) return { pid: child.pid ?? 0, life, said };
  throw new Error(complained.trim() === '' ? `${file} ended without a word` : complained.trim());
}
