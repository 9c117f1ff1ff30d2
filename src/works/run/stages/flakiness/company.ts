import { z } from 'zod';
import type { Company } from '../../../../core/line/repetition.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';

/** For so long the processors are looked at, in milliseconds: their clocks tick every ten. */
const lookMs = 250;

const program = `const { cpus } = require('node:os');
const look = () => cpus().reduce((sum, { times }) => {
  const all = Object.values(times).reduce((one, other) => one + other, 0);
  return { all: sum.all + all, idle: sum.idle + times.idle };
}, { all: 0, idle: 0 });
const before = look();
setTimeout(() => {
  const after = look();
  const all = after.all - before.all;
  console.log(JSON.stringify({ busy: all > 0 ? 1 - (after.idle - before.idle) / all : null, processors: cpus().length }));
}, ${lookMs});`;

const Seen = z.object({ busy: z.number().min(0).max(1), processors: z.number().int().positive() });

/** How busy others keep the machine of a workspace while nothing of this run is at work there; nothing where it does not tell. */
export async function companyOf(
  workspace: Pick<Workspace, 'spawn'>,
  when: Company['when'],
  signal: AbortSignal,
): Promise<readonly Company[]> {
  const { stdout } = await workspace.spawn({ argv: ['node', '-e', program], cwd: '', timeoutMs: 30_000, network: 'none', signal });
  const seen = Seen.safeParse(jsonIn(stdout));
  return seen.success ? [{ when, ...seen.data }] : [];
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // It was ended, or a machine has no such clocks.
  }
}
