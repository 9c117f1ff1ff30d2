import { seedKey } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { DependencyScope, RepositorySnapshot, TaskSeed } from '../../core/packet/seed.ts';
import type { RunRequest } from '../../core/ports/factory.ts';

type Task = Extract<RunRequest['subject'], { kind: 'task' }>;

interface Asked {
  readonly line: Line;
  readonly scope: DependencyScope;
  readonly actor: string;
}

/** Makes the seed of a task in words; without a key of its own the title names it. */
export function taskSeed({ key, title, body, paths }: Task, repository: RepositorySnapshot, { line, scope, actor }: Asked): TaskSeed {
  return {
    kind: 'task',
    line: line.name,
    key: seedKey([key ?? slug(title)]),
    repository,
    scope,
    actor,
    trusted: true,
    title,
    body,
    paths: [...(paths ?? line.scope.paths)],
  };
}

/** Words as a name: lower-case letters and digits of ASCII, with dashes; empty where there are none. */
export function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48);
}
