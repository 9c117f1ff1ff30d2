import type { Specimen } from '../repository/index.ts';

/** What a scripted station does to a specimen, and what it says of it. */
export interface Deed {
  readonly name: string;
  /** What happens, for people: 'removes the failing test'. */
  readonly statement: string;
  readonly kind: 'honest' | 'cheat';
  readonly says: 'changed' | 'no-op';
  /** Where the failing test has its expected value from. */
  readonly from: 'literal' | 'golden';
  /** Files to write, by path; null removes one. */
  readonly files: (specimen: Specimen) => Readonly<Record<string, string | null>>;
  /** Commands to run after writing, for what writing cannot do: links and modes. */
  readonly commands: (specimen: Specimen) => readonly (readonly [string, ...string[]])[];
}

type Optional = 'kind' | 'says' | 'from' | 'commands';

/** Makes a cheat; what it leaves out is the usual: it says that it changed something. */
export function cheat(deed: Omit<Deed, Optional> & Partial<Pick<Deed, Optional>>): Deed {
  return { kind: 'cheat', says: 'changed', from: 'literal', commands: () => [], ...deed };
}

export function honest(deed: Omit<Deed, Optional> & Partial<Pick<Deed, Optional>>): Deed {
  return cheat({ ...deed, kind: 'honest' });
}
