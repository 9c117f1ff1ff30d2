/** A program that is looked for where commands run. */
export interface SoughtProgram {
  /** As it is called on PATH. */
  readonly name: string;
  /** Where this host has it; null for PATH only. */
  readonly path: string | null;
}

/**
 * The command that tells where programs are for whoever runs it: at the path that this host has them at, else on its own
 * PATH. A floor may be another machine, or show commands only a part of this one.
 *
 * @example
 * const { stdout } = await workspace.spawn({ argv: whereAre([{ name: 'git', path: null }]), cwd: '', timeoutMs, network: 'none' });
 * readWhere(stdout); // ['/usr/bin/git']
 */
export function whereAre(programs: readonly SoughtProgram[]): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', script, 'sh', ...programs.flatMap(({ name, path }) => [name, path ?? ''])];
}

/** Reads the answer: a path for each program in the order asked, null for one that is not there. */
export function readWhere(stdout: string): readonly (string | null)[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => (line.startsWith('/') ? line : null));
}

const script = `while [ $# -gt 1 ]; do
  if [ -n "$2" ] && [ -f "$2" ] && [ -x "$2" ]; then printf '%s\\n' "$2"
  else printf '%s\\n' "$(command -v -- "$1" 2>/dev/null)"; fi
  shift 2
done`;
