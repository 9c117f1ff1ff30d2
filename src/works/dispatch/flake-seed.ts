import { seedKey, type Sha256 } from '../../core/base/ids.ts';
import { RepetitionMode } from '../../core/line/repetition.ts';
import type { Line } from '../../core/line/line.ts';
import type { DependencyScope, FlakeSeed, RepositorySnapshot } from '../../core/packet/seed.ts';
import type { RunRequest } from '../../core/ports/factory.ts';
import { slug } from './task-seed.ts';

type Subject = Extract<RunRequest['subject'], { kind: 'flake' }>;

interface Asked {
  readonly line: Line;
  readonly scope: DependencyScope;
  readonly actor: string;
  readonly sha256: Sha256;
}

/** Makes the seed of a test that is said to be flaky, in all modes of the line where none is named; the suite as it is is always one. */
export function flakeSeed(
  { test, rate, modes, budgetMs }: Subject,
  repository: RepositorySnapshot,
  { line, scope, actor, sha256 }: Asked,
): FlakeSeed {
  const own = line.stages.flatMap((stage) => stage.mode ?? []);
  const asked = new Set<RepetitionMode>(['suite', ...(modes ?? own)]);
  const named = test === null ? 'suite' : [slug(test).slice(-40), sha256(test).slice(0, 6)].join('-');
  return {
    kind: 'flake',
    line: line.name,
    key: seedKey([named]),
    repository,
    scope,
    actor,
    trusted: true,
    test,
    rate,
    modes: RepetitionMode.options.filter((mode) => asked.has(mode)),
    budgetMs,
  };
}
