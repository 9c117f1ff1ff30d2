import type { IncomingHttpHeaders } from 'node:http';
import type { EgressRoute } from '../../core/ports/egress.ts';
import { isTarball } from './npm/route.ts';

interface Requested {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The capability that a request is for, by the first segment of its path. Whatever is neither of the others is npm's:
 * it asks for tarballs at any path that a registry may have, `/git/-/git-1.0.0.tgz` too.
 */
export function capabilityOf({ url, headers }: Requested): EgressRoute {
  const [, first] = /^\/(model|git|report)(?:[/?]|$)/.exec(url) ?? [];
  if (first === undefined || headers['pacote-pkg-id'] !== undefined || isTarball(url)) return 'npm';
  return first as EgressRoute; // one of those named above
}

/** Why a request for a capability is refused that may not be reached now, and how to ask for it. */
export function closedText(wanted: EgressRoute, open: Iterable<EgressRoute>): string {
  const now = [...open].join(', ');
  return (
    `${what[wanted]} not open to this command (open: ${now === '' ? 'nothing' : now}); ` +
    `ask whoever ordered the command to order it with the network "${network[wanted]}"`
  );
}

const what: Readonly<Record<EgressRoute, string>> = {
  npm: 'package registries are',
  model: 'the model gateway is',
  git: 'the repository is',
  report: 'the report desk is',
};

const network: Readonly<Record<EgressRoute, string>> = {
  npm: 'registry',
  model: 'gateway',
  git: 'gateway',
  report: 'gateway',
};

/** Why a request is refused whatever it is for, or null. */
export function misaddressed({ url, headers }: Requested): string | null {
  if (!url.startsWith('/')) return 'hosts are not named here: only paths are asked for';
  // Whoever took us for another host was led here by somebody, and would tell us what was meant for that one.
  const host = headers.host ?? '127.0.0.1';
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host) ? null : 'no other host is answered for: ask for 127.0.0.1';
}
