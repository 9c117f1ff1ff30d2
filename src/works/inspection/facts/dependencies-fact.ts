import { fact, type FactOf, type Finding } from '../../../core/evidence/fact.ts';

/** A package.json on both sides; null where there is none. */
export interface ManifestSides {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One package that a manifest asks for otherwise than before. */
export interface DependencyMove {
  readonly path: string;
  readonly name: string;
  /** What is asked for in any section; null where it is not. */
  readonly before: string | null;
  readonly after: string | null;
}

const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** What manifests ask for otherwise than before, by package. */
export function dependencyMoves(manifests: readonly ManifestSides[]): readonly DependencyMove[] {
  return manifests.flatMap(({ path, before, after }) => {
    const [was, is] = [askedBy(before), askedBy(after)];
    if (was === null || is === null) return [];
    const names = [...new Set([...was.keys(), ...is.keys()])].sort();
    return names
      .map((name): DependencyMove => ({ path, name, before: was.get(name) ?? null, after: is.get(name) ?? null }))
      .filter(({ before: old, after: now }) => old !== now);
  });
}

/** Says that manifests ask for no package that they did not ask for before, and for none from elsewhere than the registry. */
export function dependenciesFact(manifests: readonly ManifestSides[]): FactOf<'dependencies'> {
  const unreadable = manifests.filter(({ after }) => askedBy(after) === null);
  const findings: readonly Finding[] = [
    ...unreadable.map(({ path }): Finding => ({
      rule: 'manifest-invalid',
      file: path,
      line: 1,
      message: 'is not what npm reads',
      weight: 'blocks',
    })),
    ...dependencyMoves(manifests).map((move) => findingOf(move, manifests.find(({ path }) => path === move.path)?.after ?? '')),
  ];
  const against = findings.filter(({ weight }) => weight === 'blocks');
  const [first] = against;
  const data = { findings };
  if (first !== undefined) {
    const why = `${against.length} finding(s) in manifests, first in ${first.file}:${first.line}: ${first.message}`;
    return fact('dependencies', 'broken', first.rule, why, data);
  }
  const moved = findings.length === 0 ? '' : ` ${findings.length} that were asked for before are asked for otherwise.`;
  return fact('dependencies', 'holds', 'no-new-dependency', `No package is asked for that was not before.${moved}`, data);
}

function findingOf({ path, name, before, after }: DependencyMove, text: string): Finding {
  const at = { file: path, line: lineOf(text, name) };
  if (after === null) return { rule: 'dependency-removed', ...at, weight: 'note', message: `no longer asks for ${name}` };
  if (!isOfRegistry(after))
    return { rule: 'dependency-source', ...at, weight: 'blocks', message: `asks for ${name} from elsewhere than the registry: ${after}` };
  if (before === null)
    return { rule: 'dependency-added', ...at, weight: 'blocks', message: `asks for ${name} ${after}, which was not asked for before` };
  return { rule: 'dependency-moved', ...at, weight: 'note', message: `asks for ${name} ${after}, before ${before}` };
}

/** A range or a tag; an alias, a URL, a repository or a folder is something else. */
function isOfRegistry(spec: string): boolean {
  return !/[/:]/.test(spec.replaceAll(/\s/g, '')) || /^workspace:[\d*^~.]*$/.test(spec);
}

/** Everything that a manifest asks for; empty for none, null for what is no manifest. */
function askedBy(text: string | null): ReadonlyMap<string, string> | null {
  if (text === null) return new Map();
  const manifest = parsed(text);
  if (manifest === null) return null;
  const asked = sections.flatMap((section) => {
    const part = manifest[section];
    return typeof part === 'object' && part !== null ? Object.entries(part) : [];
  });
  return new Map(asked.map(([name, spec]) => [name, String(spec)]));
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null; // any object of JSON
  } catch {
    return null; // the finding says so
  }
}

function lineOf(text: string, name: string): number {
  return Math.max(1, text.split('\n').findIndex((line) => line.includes(`${JSON.stringify(name)}`)) + 1);
}
