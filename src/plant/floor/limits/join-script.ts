import type { ProcessExit } from '../../../core/ports/floor.ts';

/** Name that the shell complains under; nothing else of the factory does. */
const name = 'jidoka-limits';
/** Code of a start that could not join its group, or be held otherwise. */
const failed = 125;

type Argv = readonly [string, ...string[]];

/** The start that joins cgroups by files of theirs and becomes the command; where it may not join, nothing is started. */
export function joining(files: readonly string[], argv: Argv): Argv {
  // 0 is whoever writes, in whatever namespace of processes.
  const steps = files.map((file) => `echo 0 >${quoted(file)}`);
  return prefixed(steps, 'the group of the workspace cannot be joined', argv);
}

/** The start that does `steps` of shell and becomes the command; where one fails, nothing is started. */
export function prefixed(steps: readonly string[], complaint: string, argv: Argv): Argv {
  const failing = `{ echo "${name}: ${complaint}" >&2; exit ${failed}; }`;
  return ['/bin/sh', '-c', `{ ${steps.join(' && ')}; } 2>/dev/null || ${failing}\nexec "$@"`, name, ...argv];
}

/**
 * What the enclosing shell says of a command that it did not start: its group is gone, or there is no such program. Null
 * where the command itself ended so. A command can pretend it, and so only takes its own result away from itself.
 *
 * @example
 * notEnclosed({ exit: { kind: 'exited', code: 127 }, stderr: 'jidoka-limits: 2: exec: nope: not found\n' });
 */
export function notEnclosed(ended: { readonly exit: ProcessExit; readonly stderr: string }): string | null {
  if (ended.exit.kind !== 'exited') return null;
  if (![failed, 126, 127].includes(ended.exit.code) || !onlyShell.test(ended.stderr)) return null;
  return said.exec(ended.stderr)?.[1] ?? null;
}

/** All that was said: what came before would have been said by a command that was started. */
const onlyShell = new RegExp(`^(?:${name}: .*\\n?)+$`);
/** Shells differ in how they say where. */
const said = new RegExp(`^${name}: (?:exec: )?(?:(?:line )?\\d+: )?(?:exec: )?(.*)`);

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
