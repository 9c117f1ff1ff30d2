import { validRange } from 'semver';

/** What a dependency's text asks for. */
export interface Spec {
  readonly kind: 'range' | 'tag' | 'alias' | 'git' | 'file' | 'link' | 'workspace' | 'url';
  /** Package that is asked for; another than the key for an alias. */
  readonly package: string;
  /** Semver range of a package from a registry (`*` for a tag, which any release answers), null for the other kinds. */
  readonly range: string | null;
}

/**
 * Tells what a dependency's text asks for, as npm reads it.
 *
 * @example
 * parseSpec('foo', 'npm:bar@^1.0.0'); // { kind: 'alias', package: 'bar', range: '^1.0.0' }
 */
export function parseSpec(name: string, text: string): Spec {
  const raw = text.trim();
  const kind = kindOf(raw);
  if (kind === 'range') return { kind, package: name, range: raw === '' ? '*' : raw };
  if (kind === 'tag') return { kind, package: name, range: '*' };
  if (kind === 'alias') return aliasOf(raw);
  return { kind, package: name, range: null };
}

/** Splits 'npm:@scope/bar@^1.0.0' into what stands before the range and the range. */
export function splitAlias(raw: string): { readonly head: string; readonly range: string } {
  const at = raw.lastIndexOf('@');
  const hasRange = at > 'npm:@'.length;
  return hasRange ? { head: raw.slice(0, at + 1), range: raw.slice(at + 1) } : { head: `${raw}@`, range: '' };
}

function aliasOf(raw: string): Spec {
  const { head, range } = splitAlias(raw);
  return { kind: 'alias', package: head.slice('npm:'.length, -1), range: parseSpec('', range).range };
}

function kindOf(raw: string): Spec['kind'] {
  if (validRange(raw, { loose: true }) !== null) return 'range';
  const scheme = schemes.find(([pattern]) => pattern.test(raw));
  return scheme?.[1] ?? 'tag';
}

// The order is npm's own: a path before a host's shorthand, a repository before a tarball.
const schemes: readonly (readonly [RegExp, Spec['kind']])[] = [
  [/^npm:/i, 'alias'],
  [/^workspace:/i, 'workspace'],
  [/^link:/i, 'link'],
  [/^file:|^(\.{1,2}|~)?\/|^\.{1,2}$|^[a-z]:[\\/]/i, 'file'],
  [/^git[+:@]|^(github|gitlab|bitbucket|gist):|^ssh:|^[^@\s]+@[^:\s]+:/i, 'git'],
  [/^https?:.*\.git(#|$)|^https?:\/\/(github|gitlab|bitbucket)\.(com|org)\/[^/]+\/[^/]+$/i, 'git'],
  [/^https?:/i, 'url'],
  [/\.(tgz|tar|tar\.gz)$/i, 'file'],
  [/^[^@/\s]+\/[^/\s]+$/, 'git'],
];
