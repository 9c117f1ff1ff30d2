import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { httpError } from './api-error.ts';

/** Looks at a request's headers; throws `access-refused` where a browser was lured here. */
export type Guard = (header: (name: string) => string | undefined) => void;

/**
 * Lets through what is addressed to a name this server was bound to (a page that rebinds its own name to this address
 * is not), and what no page of another origin sent.
 */
export function guard(boundTo: string, moreNames: readonly string[]): Guard {
  const isOurs = ownNames(boundTo, moreNames);
  return (header) => {
    const host = header('host') ?? '';
    if (!isOurs(nameOf(host)))
      throw httpError(403, `This server is not called "${host}".`, 'Ask it by the address it prints when it starts.');
    const [origin, site] = [header('origin'), header('sec-fetch-site')];
    const isForeign = origin !== undefined && originHost(origin) !== host.toLowerCase();
    if (isForeign || (site !== undefined && site !== 'same-origin' && site !== 'none'))
      throw httpError(403, 'A page of another origin asks.', 'Ask from a program, with a token, or from a page of this server.');
  };
}

function ownNames(boundTo: string, moreNames: readonly string[]): (name: string) => boolean {
  const bound = boundTo.toLowerCase();
  const more = moreNames.map((name) => name.toLowerCase());
  if (['127.0.0.1', 'localhost', '::1'].includes(bound)) {
    const names = new Set(['127.0.0.1', 'localhost', '::1', ...more]);
    return (name) => names.has(name);
  }
  const isAny = bound === '0.0.0.0' || bound === '::';
  const names = new Set([bound, hostname().toLowerCase(), ...more, ...(isAny ? ['localhost'] : [])]);
  // A number cannot be rebound, and one that is bound to all addresses cannot know them.
  return (name) => names.has(name) || (isAny && isIP(name) !== 0);
}

/** The name in a Host header, without its port and brackets; '' for none. */
function nameOf(host: string): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}

function originHost(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1] ?? null;
}
