import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentRecord } from './catalogue/index.ts';
import type { Running } from './npm-install.ts';
import { ownEnvironment } from './own-environment.ts';

const patienceMs = 30_000;
const longest = 200;

/** What a program says of its version, and the version in it; null where there is none. It is told to call nobody. */
export async function askVersion(
  path: string,
  record: AgentRecord,
  { options, signal }: Running,
): Promise<{ readonly version: string | null; readonly said: string }> {
  // Whatever it writes to its home at the first start is not the owner's.
  const home = await mkdtemp(join(tmpdir(), 'jidoka-agent-'));
  try {
    const { PATH = '' } = ownEnvironment(options.env);
    const env = { PATH, HOME: home, TMPDIR: home, LANG: 'C.UTF-8', CI: '1', NO_COLOR: '1', ...record.quiet };
    const argv = [path, ...record.versionArguments] as const;
    const { exit, stdout, stderr } = await options.run({ argv, cwd: home, env, timeoutMs: patienceMs, signal, maxOutputBytes: 16_384 });
    const said = firstLine(stdout) || firstLine(stderr);
    const ok = exit.kind === 'exited' && exit.code === 0;
    // Some say it on stderr, and some warn there of other things.
    return { version: ok ? (versionIn(stdout) ?? versionIn(stderr)) : null, said };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function versionIn(text: string): string | null {
  return /(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?/.exec(text)?.[0] ?? null;
}

function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  return line
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, longest);
}
