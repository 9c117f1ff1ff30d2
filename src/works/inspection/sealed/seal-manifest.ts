import { canonicalJson } from '../../../core/base/json.ts';
import { isMembers, readMembers } from './json-members.ts';
import type { Withheld } from './seal-change.ts';

/** Members that move packages; taken over entry by entry. */
const dependencySections = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
  'overrides',
  'resolutions',
] as const;

/** Members that no test run reads; taken over as they are. */
const harmless: ReadonlySet<string> = new Set([
  'peerDependenciesMeta',
  'bundleDependencies',
  'bundledDependencies',
  'version',
  'description',
  'keywords',
  'homepage',
  'bugs',
  'license',
  'author',
  'contributors',
  'maintainers',
  'funding',
  'repository',
  'files',
  'engines',
  'publishConfig',
  '$schema',
]);

export interface SealedManifest {
  readonly text: string;
  readonly withheld: readonly Withheld[];
}

/**
 * Takes over from a changed package.json only what moves packages or what no test run reads. Scripts, runner
 * settings, entry points and packages that come from anywhere but the registry stay as they were.
 *
 * @param allowed Further members that the packet lets a change touch, such as `exports`.
 */
export function sealManifest(path: string, base: string, changed: string, allowed: readonly string[] = []): SealedManifest {
  const before = readMembers(base);
  const after = readMembers(changed);
  if (before === null || after === null)
    return { text: base, withheld: [{ path, kind: 'manifest', why: 'not readable as JSON, so nothing of it was taken over' }] };
  const withheld: Withheld[] = [];
  const withhold = (member: string, why: string): void => {
    withheld.push({ path, kind: 'manifest', why: `${member}: ${why}` });
  };
  const sealed = new Map(Object.entries(before));
  for (const member of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[member], after[member])) continue;
    if (isSection(member)) put(sealed, member, sealSection(member, before[member], after[member], withhold));
    else if (harmless.has(member) || allowed.includes(member)) put(sealed, member, after[member]);
    else withhold(member, 'stays as it was');
  }
  if (withheld.length === 0) return { text: changed, withheld };
  return { text: `${JSON.stringify(Object.fromEntries(sealed), null, 2)}\n`, withheld };
}

function sealSection(section: string, before: unknown, after: unknown, withhold: (member: string, why: string) => void): unknown {
  if (after === undefined) return undefined;
  if (!isMembers(after)) {
    withhold(section, 'is no list of packages');
    return before;
  }
  const old = isMembers(before) ? before : {};
  const kept = new Map<string, unknown>();
  for (const [name, spec] of Object.entries(after)) {
    if (same(old[name], spec) || isRegistrySpec(spec)) kept.set(name, spec);
    else {
      withhold(`${section}.${name}`, `${JSON.stringify(spec)} does not come from the registry under its own name`);
      if (name in old) kept.set(name, old[name]);
    }
  }
  return Object.fromEntries(kept);
}

/** A version, range or tag; an alias, folder, archive or git address would bring in other code. */
function isRegistrySpec(spec: unknown): boolean {
  if (typeof spec === 'string') return !/[:/\\]/.test(spec);
  return isMembers(spec) && Object.values(spec).every(isRegistrySpec);
}

function isSection(member: string): boolean {
  return dependencySections.some((section) => section === member);
}

function put(members: Map<string, unknown>, member: string, value: unknown): void {
  if (value === undefined) members.delete(member);
  else members.set(member, value);
}

function same(left: unknown, right: unknown): boolean {
  return (left === undefined) === (right === undefined) && canonicalJson(left) === canonicalJson(right);
}
