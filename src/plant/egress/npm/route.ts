import type { IncomingHttpHeaders } from 'node:http';
import { hasBody } from '../exchange.ts';

/** What a request asks for, in npm's words, or why nothing covers it. */
export type Route =
  | { readonly kind: 'metadata'; readonly name: string }
  /** A tarball at npm's usual place; `path` is all of the requested path, decoded, in which hosts were replaced. */
  | { readonly kind: 'tarball'; readonly name: string; readonly file: string; readonly path: string }
  /** Something that may be a tarball at a place of the registry's own choice: its metadata will tell. */
  | { readonly kind: 'named'; readonly name: string; readonly path: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface Requested {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** First segment of everything that npm asks for, but for tarballs whose whole path npm replaced. */
export const npmRoot = 'npm';

/** Reads a request as one for a package's metadata or tarball; everything else is refused. */
export function routeOf({ method, url, headers }: Requested): Route {
  if (method !== 'GET' && method !== 'HEAD') return refused('only GET and HEAD are passed on');
  if (hasBody({ headers })) return refused('a request has no body');
  if (/[?#]/.test(url)) return refused('a request has no query');
  const path = decoded(url);
  if (path === null) return refused('the path is not one that npm asks for');
  return (
    tarballAt(path) ?? metadataAt(path) ?? namedBy(headers['pacote-pkg-id'], path) ?? refused('only metadata and tarballs of packages')
  );
}

/** Whether a URL's path ends as those of tarballs do. */
export function isTarball(url: string): boolean {
  const path = decoded(url);
  return path !== null && tarballAt(path) !== null;
}

/** Names as the registry has them, with those of its early days. */
const name = String.raw`(?:@[\w~!*'()-][\w.~!*'()-]*\/)?[A-Za-z0-9~!*'()-][\w.~!*'()-]*`;
const file = String.raw`(?:@[\w.~-]+\/)?[\w~!*'()-][\w.~!*'()+-]*\.tgz`;
const tarball = new RegExp(String.raw`(?:^|\/)(${name})\/-\/(${file})$`);
const metadata = new RegExp(String.raw`^\/${npmRoot}\/(${name})$`);
const packageId = new RegExp(String.raw`^(?:registry|remote):(${name})@`);
const longestName = 214;

function tarballAt(path: string): Route | null {
  const [, of, at] = tarball.exec(path) ?? [];
  if (of === undefined || at === undefined || of.length > longestName || at.length > 2 * longestName) return null;
  return { kind: 'tarball', name: of, file: at, path };
}

function metadataAt(path: string): Route | null {
  const [, of] = metadata.exec(path) ?? [];
  return of === undefined || of.length > longestName ? null : { kind: 'metadata', name: of };
}

/** npm tells of which package it believes a tarball to be; that is a place to look, and no proof of anything. */
function namedBy(id: string | readonly string[] | undefined, path: string): Route | null {
  const [, of] = typeof id === 'string' ? (packageId.exec(id) ?? []) : [];
  if (of === undefined || of.length > longestName || path.includes('/-/')) return null;
  return { kind: 'named', name: of, path };
}

/** The path with its escapes undone once; null where it then still has escapes, steps upwards or holes. */
function decoded(url: string): string | null {
  try {
    const path = decodeURIComponent(url);
    return /[^!-~]|[%\\?#]|\/\/|\/\.{1,2}(\/|$)/.test(path) || path.length > 1024 ? null : path;
  } catch {
    return null;
  }
}

function refused(why: string): Route {
  return { kind: 'refused', why };
}
