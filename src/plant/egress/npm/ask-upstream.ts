import type { Route } from './route.ts';
import { tarballIn } from './tarball-in.ts';
import type { UpstreamAnswer, UpstreamRegistry, UpstreamRequest, Upstreams } from './upstreams.ts';

/** A request that a capability covers, and what it takes to ask for it. */
export interface Asking {
  readonly upstreams: Upstreams;
  readonly registries: readonly UpstreamRegistry[];
  readonly route: Exclude<Route, { readonly kind: 'refused' }>;
  readonly method: UpstreamRequest['method'];
  /** Headers of the request that may go out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly mostBytes: number;
}

export type Asked = UpstreamAnswer | { readonly kind: 'unnamed' };

/**
 * Asks the registry of a package for its metadata or a tarball. npm has replaced the host of a tarball's URL by ours, and
 * with it what the URL began with; so it is asked for where the package's registry usually has it, and if it is not
 * there, where the registry's own metadata says. No other place is ever asked.
 */
export async function askUpstream(asking: Asking): Promise<Asked> {
  const { route } = asking;
  if (route.kind === 'metadata') return get(asking, metadataUrl(asking));
  if (route.kind === 'named') return (await askWhereNamed(asking)) ?? { kind: 'unnamed' };
  const url = below(asking, `${route.name}/-/${route.file}`);
  const answer = await get(asking, url);
  if (!isElsewhere(answer)) return answer;
  const named = await askWhereNamed(asking, url);
  if (named === null) return answer;
  if (answer.kind === 'answered') answer.body.destroy();
  return named;
}

/** Media types that npm asks metadata in: the short form that installs, and the whole. */
export const shortMetadata = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*';
export const wholeMetadata = 'application/json';

/** Whether a tarball may be at another place: registries that keep theirs elsewhere answer in many ways. */
function isElsewhere(answer: UpstreamAnswer): boolean {
  return answer.kind === 'answered' && [400, 403, 404, 405, 406, 410].includes(answer.status);
}

/** What the place answers that the metadata names; null where it names none, or the one that was asked already. */
async function askWhereNamed(asking: Asking, asked?: string): Promise<UpstreamAnswer | null> {
  const { route, mostBytes } = asking;
  if (route.kind === 'metadata') return null;
  const metadata = await get({ ...asking, method: 'GET', headers: { accept: shortMetadata } }, metadataUrl(asking));
  if (metadata.kind === 'failed') return metadata;
  if (metadata.status !== 200) {
    metadata.body.destroy();
    return null;
  }
  const url = await tarballIn(metadata.body, { route, mostBytes });
  return url === null || url === asked ? null : get(asking, url);
}

function metadataUrl(asking: Asking): string {
  return below(asking, asking.route.name).replace(/(@[^/]*)\/([^/]*)$/, '$1%2f$2');
}

/** Absolute URL of a path below the registry of the package that is asked for. */
function below(asking: Asking, path: string): string {
  const escaped = path.split('/').map((part) => encodeURIComponent(part).replace(/^%40/, '@'));
  return `${registryOf(asking).url}${escaped.join('/')}`;
}

function get(asking: Asking, url: string): Promise<UpstreamAnswer> {
  const { upstreams, method, headers, signal } = asking;
  return upstreams.get(url, { registry: registryOf(asking), method, headers, signal });
}

/** npm's rule: the scope picks the registry. */
function registryOf({ registries, route }: Asking): UpstreamRegistry {
  const [scope] = route.name.startsWith('@') ? route.name.split('/') : [];
  const found = registries.find((one) => one.scope === scope) ?? registries.find((one) => one.scope === null);
  if (found === undefined) throw new TypeError('There is always a default registry.');
  return found;
}
