import type { LockCopy, Source } from './lock.ts';

/** Reads where a copy comes from. Without an address it is a registry's, as npm takes it. */
export function sourceOf(resolved: string | null, integrity: string | null): Source {
  return { kind: kindOf(resolved, integrity), resolved, integrity };
}

function kindOf(resolved: string | null, integrity: string | null): Source['kind'] {
  if (resolved === null) return integrity === null ? 'unknown' : 'registry';
  if (/^git(\+|:|@)|^github:/.test(resolved)) return 'git';
  if (/^file:|^\.{0,2}\//.test(resolved)) return 'file';
  if (!/^https?:/.test(resolved)) return 'unknown';
  return baseOf(resolved) === null ? 'url' : 'registry';
}

/** Address of the registry a tarball came from, with a trailing slash; null where the address is not a registry's. */
export function baseOf(resolved: string): string | null {
  return /^(https?:\/\/.+?\/)(@[^/]+(?:\/|%2f))?[^/]+\/-\/[^/]+\.tgz/i.exec(resolved)?.[1] ?? null;
}

/** How the sources of two copies of the same version differ, in words; null where they agree. */
export function sourceChange(before: LockCopy, after: LockCopy): { readonly before: string; readonly after: string } | null {
  const [left, right] = [before.source, after.source];
  if (!sameContent(left.integrity, right.integrity))
    return { before: left.integrity ?? 'no integrity', after: right.integrity ?? 'no integrity' };
  const [from, to] = [originOf(before), originOf(after)];
  return from === to ? null : { before: from, after: to };
}

/** sha1 may become sha512; nothing else may go, and a shared algorithm must agree. */
function sameContent(before: string | null, after: string | null): boolean {
  if (before === null || before === after) return true;
  if (after === null) return false;
  const hashes = new Map(before.split(/\s+/).map((hash) => [algorithmOf(hash), hash]));
  const known = after.split(/\s+/).filter((hash) => hashes.has(algorithmOf(hash)));
  if (known.length === 0) return algorithmOf(after) === 'sha512';
  return known.every((hash) => hashes.get(algorithmOf(hash)) === hash);
}

function algorithmOf(hash: string): string {
  return hash.slice(0, hash.indexOf('-'));
}

/** The host of the registry a copy came from, or the address of what no registry has. */
export function originOf({ source: { kind, resolved } }: LockCopy): string {
  if (resolved === null) return 'no address';
  if (kind !== 'registry' || !URL.canParse(resolved)) return resolved;
  return new URL(resolved).host;
}
