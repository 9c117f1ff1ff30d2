import type { LockCopy } from './lock.ts';
import { readLock } from './read-lock.ts';
import { baseOf } from './source.ts';

/**
 * Gives a lockfile that npm rewrote the shape of the one before: its indentation and line ends (npm takes those of
 * package.json), and its registries. No host is added that the project did not name, and a project that records no
 * addresses goes on recording none.
 *
 * @example
 * await workspace.write(path, keepShape(before, after));
 */
export function keepShape(before: string, after: string): string {
  return keepForm(before, keepSources(before, after));
}

function keepForm(before: string, after: string): string {
  const indent = /\n([ \t]+)"/.exec(before)?.[1] ?? '';
  const json = JSON.stringify(JSON.parse(after), null, indent) + (/\s*$/.exec(before)?.[0] ?? '');
  return before.includes('\r\n') ? json.replaceAll(/\r?\n/g, '\r\n') : json;
}

function keepSources(before: string, after: string): string {
  const known = readLock(before).copies.filter(({ source }) => source.kind === 'registry');
  if (known.length === 0) return after;
  const hosts = new Set(known.map(baseOfCopy).map(hostOf));
  const changes = new Map<string, string | null>();
  for (const copy of readLock(after).copies) {
    const base = baseOfCopy(copy);
    const { resolved } = copy.source;
    if (base === null || resolved === null || hosts.has(hostOf(base))) continue;
    const own = usualBase(known, copy);
    changes.set(resolved, own && own + resolved.slice(base.length));
  }
  return changes.size === 0 ? after : rewrite(after, changes);
}

/** The registry that packages of the same scope came from, else the one that most came from; null where none is recorded. */
function usualBase(known: readonly LockCopy[], { name }: LockCopy): string | null {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/') + 1) : null;
  const same = scope === null ? [] : known.filter((copy) => copy.name.startsWith(scope));
  const counts = new Map<string, number>();
  for (const base of (same.length > 0 ? same : known).map(baseOfCopy)) {
    if (base !== null) counts.set(base, (counts.get(base) ?? 0) + 1);
  }
  return [...counts].sort((left, right) => right[1] - left[1])[0]?.[0] ?? null;
}

function baseOfCopy({ source }: LockCopy): string | null {
  return source.kind === 'registry' && source.resolved !== null ? baseOf(source.resolved) : null;
}

function hostOf(base: string | null): string | null {
  return base !== null && URL.canParse(base) ? new URL(base).host : null;
}

/** Puts other addresses for the given ones; null takes the member out with its comma. */
function rewrite(text: string, changes: ReadonlyMap<string, string | null>): string {
  const member = /(,\s*)("resolved"\s*:\s*)"([^"\\]*)"|("resolved"\s*:\s*)"([^"\\]*)"(\s*,\s*)/g;
  return text.replaceAll(member, (whole, comma, key, url, firstKey, firstUrl, tail) => {
    const other = changes.get(url ?? firstUrl);
    if (other === undefined) return whole;
    if (other === null) return '';
    return `${comma ?? ''}${key ?? firstKey}${JSON.stringify(other)}${tail ?? ''}`;
  });
}
