import { seedKey } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { BranchSeed, DependencyScope } from '../../core/packet/seed.ts';
import type { Comparison } from '../../core/ports/forge.ts';
import { slug } from './task-seed.ts';

interface Asked {
  readonly line: Line;
  readonly scope: DependencyScope;
  readonly actor: string;
}

/** Makes the seed of a branch that is to be reviewed: named by its head, and never trusted, whoever asks. */
export function branchSeed({ repository, head, base }: Comparison, { line, scope, actor }: Asked): BranchSeed {
  const name = slug(head.ref.replace(/^refs\/(?:heads|tags|remotes)\//, '').replace(/^refs\/|\/head$/g, ''));
  const key = seedKey([name === '' ? head.commit.slice(0, 12) : name]);
  return { kind: 'branch', line: line.name, key, repository, scope, actor, trusted: false, head: { ...head }, base: { ...base } };
}
