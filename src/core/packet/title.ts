import type { Seed } from './seed.ts';

/**
 * Says in a few words what a seed is about.
 *
 * @example
 * seedTitle(seed); // 'lodash 4.17.20 -> 4.17.21'
 */
export function seedTitle(seed: Seed): string {
  switch (seed.kind) {
    case 'dependency':
      return dependencyTitle(seed.subjects, seed.policy.kind === 'newest' && seed.policy.within === 'range');
    case 'advisory':
      return `${seed.advisory.id} (${affectedNames(seed.advisory.affected).join(', ')})`;
    case 'task':
    case 'ticket':
      return seed.title;
    case 'branch':
      return `${seed.head.ref} (${seed.head.commit.slice(0, 7)}) into ${seed.base.ref}`;
    case 'flake':
      return seed.test ?? 'every test of the suite';
  }
}

interface Subject {
  readonly name: string;
  readonly from: string | null;
  readonly target: string | null;
}

function dependencyTitle(subjects: readonly Subject[], inRange: boolean): string {
  const [only, ...others] = subjects;
  if (only !== undefined && others.length === 0) return subjectTitle(only);
  return `${subjects.length} ${inRange ? 'in-range ' : ''}updates: ${subjects.map((subject) => subject.name).join(', ')}`;
}

function subjectTitle({ name, from, target }: Subject): string {
  if (target === null || target === from) return from === null ? name : `${name} ${from}`;
  return from === null ? `${name} -> ${target}` : `${name} ${from} -> ${target}`;
}

function affectedNames(affected: readonly { readonly package: { readonly name: string } }[]): string[] {
  return [...new Set(affected.map((entry) => entry.package.name))];
}
