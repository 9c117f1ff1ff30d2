import type { Registry } from '../../core/ports/registry.ts';
import { judgeDependency, type DependencyQuestion, type Judgement } from './judge-dependency.ts';
import { usesOf, type Project } from './project.ts';

/** Asks the registry about a package of a project and judges what is owed of it. */
export async function judgePackage(project: Project, ask: DependencyQuestion, registry: Registry): Promise<Judgement> {
  return judgeDependency(project, ask, await registry.releases(realName(project, ask.name)));
}

/** The package that a name stands for in a project: another one where the manifest has an alias. */
export function realName(project: Project, name: string): string {
  return usesOf(project, 'all').find((use) => use.name === name)?.spec.package ?? name;
}
