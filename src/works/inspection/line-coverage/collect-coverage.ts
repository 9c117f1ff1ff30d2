import { z } from 'zod';
import type { Workspace } from '../../../core/ports/floor.ts';

/** Ranges of one function, outermost first: start, end, and how often it was run. Offsets count letters of the script. */
export type CountedFunction = readonly (readonly [number, number, number])[];

/** What Node counted while a suite ran. It was written by code under test, and is worth what that is worth. */
export interface Collected {
  /** Scripts of the project, outside of installed packages, of which anything was counted. */
  readonly seen: number;
  /** One entry for each process that ran one of the scripts asked for; paths from the root of the workspace. */
  readonly scripts: readonly { readonly path: string; readonly functions: readonly CountedFunction[] }[];
}

const Answer = z.strictObject({
  seen: z.number(),
  scripts: z.array(z.strictObject({ path: z.string(), functions: z.array(z.array(z.tuple([z.number(), z.number(), z.number()]))) })),
});

/** What makes every Node process of a run write its counts beside the tree. */
export function coverageEnvironment({ scratch }: Pick<Workspace, 'scratch'>): Readonly<Record<string, string>> {
  return { NODE_V8_COVERAGE: `${scratch}/coverage` };
}

/** Reads what the processes of a run wrote, of these files alone, where it was written; null where it cannot be read. */
export async function collectCoverage(
  workspace: Workspace,
  paths: readonly string[],
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Collected | null> {
  const argv = ['node', '-e', reader, '--', `${workspace.scratch}/coverage`, ...paths] as const;
  const { exit, stdout, truncated } = await workspace.spawn({
    argv,
    cwd: '',
    network: 'none',
    maxOutputBytes: 32 * 1024 * 1024,
    ...limits,
  });
  if (exit.kind !== 'exited' || exit.code !== 0 || truncated) return null;
  const answer = Answer.safeParse(parsed(stdout));
  return answer.success ? answer.data : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // as good as no counts
  }
}

/** Runs inside, where the files are; they are many and big, and little of them is asked for. */
const reader = `
const { readdirSync, readFileSync, realpathSync } = require('node:fs');
const { fileURLToPath } = require('node:url');
const [folder, ...paths] = process.argv.slice(1);
const root = realpathSync(process.cwd()) + '/';
const wanted = new Set(paths);
const seen = new Set();
const scripts = [];
let files = [];
try { files = readdirSync(folder); } catch {}
for (const file of files) {
  let result = [];
  try { result = JSON.parse(readFileSync(folder + '/' + file, 'utf8')).result; } catch { continue; }
  for (const { url, functions } of result) {
    if (!url.startsWith('file://')) continue;
    let path = '';
    try { path = fileURLToPath(url); } catch { continue; }
    if (!path.startsWith(root) || path.includes('/node_modules/')) continue;
    path = path.slice(root.length);
    seen.add(path);
    if (wanted.has(path)) scripts.push({ path, functions: functions.map(({ ranges }) => ranges.map((r) => [r.startOffset, r.endOffset, r.count])) });
  }
}
process.stdout.write(JSON.stringify({ seen: seen.size, scripts }));
`;
