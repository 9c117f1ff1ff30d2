import { adapters } from '../runner/adapters/index.ts';
import type { TestPlan } from '../runner/index.ts';
import { scratch } from '../runner/reporters/lines.ts';

export const besidesFile = `${scratch}/besides.mjs`;

/**
 * Runs a command and, as long as it lasts, something beside it: threads that keep every processor busy, or the same command
 * in a second copy of the tree, again and again. Ends as the command does, and leaves nothing running.
 */
export const besidesProgram = `import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
const [order, program, ...args] = process.argv.slice(2);
const { busy, copy, files, scratch } = JSON.parse(order);
for (let left = busy * cpus().length; left > 0; left -= 1) new Worker('for (;;) {}', { eval: true });
let other = null;
let over = false;
function again() {
  if (over) return;
  rmSync(join(copy, scratch), { recursive: true, force: true });
  for (const file of files) cpSync(file, join(copy, file));
  other = spawn(program, args, { cwd: copy, stdio: 'ignore', detached: true });
  other.on('error', () => {});
  other.on('exit', () => setTimeout(again, 10));
}
if (copy !== null) again();
function end() {
  over = true;
  try { if (other && other.pid) process.kill(-other.pid, 'SIGKILL'); } catch {}
}
const main = spawn(program, args, { stdio: 'inherit' });
main.on('error', (error) => { end(); console.error(error.message); process.exit(127); });
main.on('exit', (code, signal) => {
  end();
  if (signal) process.kill(process.pid, signal);
  else process.exit(code);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => { end(); process.exit(128); });
`;

/** The same plan, run beside something. */
export function besides(plan: TestPlan, { busy, copy }: { readonly busy: number; readonly copy: string | null }): TestPlan {
  const files = Object.keys(adapters[plan.runner].files);
  return { ...plan, argv: ['node', besidesFile, JSON.stringify({ busy, copy, files, scratch }), ...plan.argv] };
}
