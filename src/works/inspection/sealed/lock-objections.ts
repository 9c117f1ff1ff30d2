import { canonicalJson } from '../../../core/base/json.ts';
import { isMembers, readMembers } from './json-members.ts';
import type { Members } from './json-members.ts';

/**
 * Says what in a changed package-lock.json is more than moved packages: links, addresses that are no registry
 * archive, content that changed under the same version, settings. Empty where the lockfile may be taken over.
 *
 * @param base Text before, null where there was no lockfile.
 */
export function lockObjections(base: string | null, changed: string): readonly string[] {
  const before = base === null ? {} : readMembers(base);
  const after = readMembers(changed);
  if (before === null || after === null) return ['the lockfile is not readable as JSON'];
  const settings = Object.keys(after)
    .filter((key) => !knownKeys.has(key))
    .map((key) => `unknown member "${key}"`);
  const old = membersOf(before['packages']);
  const packages = Object.entries(membersOf(after['packages'])).filter(([place]) => place !== '');
  return [...settings, ...packages.flatMap(([place, entry]) => entryObjections(place, membersOf(old[place]), membersOf(entry)))];
}

const knownKeys: ReadonlySet<string> = new Set(['name', 'version', 'lockfileVersion', 'requires', 'packages', 'dependencies']);

function entryObjections(place: string, before: Members, after: Members): readonly string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const objections: string[] = [];
  if (after['link'] === true && before['link'] !== true) objections.push(`${place} becomes a link`);
  const { resolved } = after;
  if (typeof resolved === 'string' && resolved !== before['resolved'] && !/^https?:\/\/\S+$/.test(resolved))
    objections.push(`${place} comes from ${resolved}`);
  if (contentMoved(before, after)) objections.push(`${place} has other content under the same version ${String(after['version'])}`);
  return objections;
}

/** A release never changes; an integrity that does, in the same algorithm, points at other content. */
function contentMoved(before: Members, after: Members): boolean {
  const [old, now] = [before['integrity'], after['integrity']];
  if (typeof old !== 'string' || before['version'] !== after['version'] || before['name'] !== after['name']) return false;
  if (typeof now !== 'string') return after['inBundle'] !== true;
  return now !== old && now.split('-', 1)[0] === old.split('-', 1)[0];
}

function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}
