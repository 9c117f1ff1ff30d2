import type { Limits, Network, ProcessResult, WorkspaceFiles } from '../../../src/core/ports/floor.ts';
import type { Planted } from './planted.ts';

/** What an attempt goes for. */
export type EscapeGroup =
  | 'home'
  | 'neighbour'
  | 'write'
  | 'links'
  | 'environment'
  | 'processes'
  | 'network'
  | 'sockets'
  | 'egress'
  | 'git'
  | 'rights'
  | 'kernel'
  | 'limits'
  | 'left-behind';

/** One way out of a workspace: what a command does to get it, and how it is seen that it got there. */
export interface EscapeAttempt {
  /** Continues 'a command …'. */
  readonly name: string;
  readonly group: EscapeGroup;
  /** It prints ESCAPED where it got there, and `IMPOSSIBLE: why` where it cannot even be tried. */
  readonly script: { readonly sh: string } | { readonly node: string };
  readonly network: Network;
  /**
   * Whether an ordinary user of a Linux machine succeeds without any wall. Where it is `yes`, a control run that fails
   * shows that the attempt is broken; with `no` it takes rights that such a user does not have, as a wall could lend them.
   */
  readonly open: 'yes' | 'no' | 'depends';
  /** What its workspace may use; then it gets one of its own. */
  readonly limits?: Partial<Limits>;
  /** What the factory does with the tree afterwards, by which a trap would spring; then it gets a workspace of its own. */
  readonly afterwards?: AfterAttempt;
  /** Whether it got there, by what it said and what the host saw. */
  escaped(result: ProcessResult, host: Planted): boolean | Promise<boolean>;
}

export type AfterAttempt =
  /** Whoever runs the suite takes up what the tree has become, as the factory does. */
  | { readonly kind: 'harvest' }
  /** The factory uses files of the tree; true where it was led out. */
  | { readonly kind: 'files'; readonly use: (files: WorkspaceFiles) => Promise<boolean> };

type More = Partial<Pick<EscapeAttempt, 'network' | 'limits' | 'afterwards' | 'escaped'>>;

/** An attempt by a script of sh; `escaped` without arguments is for it to say. */
export function bySh(group: EscapeGroup, open: EscapeAttempt['open'], name: string, script: string, more: More = {}): EscapeAttempt {
  return { name, group, open, script: { sh: `${shPrelude}${script}` }, network: 'none', escaped: saysSo, ...more };
}

/** An attempt by a program of Node.js. */
export function byNode(group: EscapeGroup, open: EscapeAttempt['open'], name: string, program: string, more: More = {}): EscapeAttempt {
  return { name, group, open, script: { node: `${nodePrelude}${program}` }, network: 'none', escaped: saysSo, ...more };
}

/** Why an attempt could not be tried; null where it was. */
export function impossibleBy({ stdout }: ProcessResult): string | null {
  return /^IMPOSSIBLE: (.*)$/m.exec(stdout)?.[1] ?? null;
}

function saysSo({ stdout }: ProcessResult): boolean {
  return /^ESCAPED/m.test(stdout);
}

const shPrelude = `escaped() { echo "ESCAPED $*"; exit 0; }
impossible() { echo "IMPOSSIBLE: $*"; exit 0; }
need() { for tool; do command -v "$tool" >/dev/null 2>&1 || impossible "there is no $tool"; done; }
given() { [ -n "$1" ] || impossible "$2"; }
same() { [ -n "$2" ] && [ "$(stat -Lc %d:%i -- "$1" 2>/dev/null)" = "$2" ]; }
`;

const nodePrelude = `const escaped = (what = '') => { console.log('ESCAPED ' + what); process.exit(0); };
const impossible = (why) => { console.log('IMPOSSIBLE: ' + why); process.exit(0); };
const refused = (why) => { console.log('refused: ' + why); process.exit(1); };
const env = process.env;
`;
