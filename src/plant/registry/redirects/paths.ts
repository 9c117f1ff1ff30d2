import { lookup } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { reachOf, type Reach } from './reach.ts';

/** Where a registry may lead. */
export interface Paths {
  /** Why a URL that a registry led to is not asked, or null; names are looked up only when it is connected to. */
  refuses(url: string, registry: string): Promise<string | null>;
  /** Connects to allowed addresses only, whatever the name says the next time; null where npm's own way is right. */
  agentFor(url: string, registry: string): Promise<HttpAgent | null>;
}

/**
 * Knows where registries may lead. Where there is a proxy it is the proxy that looks up names, and only what the URL
 * itself says can be judged.
 */
export function pathsOf(flat: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string | undefined>>): Paths {
  const proxied = [flat['httpsProxy'], flat['proxy'], ...proxyNames.map((name) => env[name])].some(Boolean);
  const kept = new Map<string, Promise<Agents>>();
  const agents = (registry: string): Promise<Agents> => {
    const found = kept.get(registry) ?? agentsFor(registry);
    kept.set(registry, found);
    return found;
  };
  return {
    async refuses(url, registry) {
      const { protocol, hostname, host } = new URL(url);
      if (protocol !== 'https:' && protocol !== 'http:') return 'a registry leads to what is not http';
      if (host === new URL(registry).host) return null;
      const reach = said(hostname);
      if (reach === null || isAllowed(reach, (await agents(registry)).nearest)) return null;
      return 'a registry leads to an address inside, where it is not itself';
    },
    async agentFor(url, registry) {
      const { protocol, host } = new URL(url);
      if (proxied || host === new URL(registry).host) return null;
      const { http, https } = await agents(registry);
      return protocol === 'https:' ? https : http;
    },
  };
}

const proxyNames = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'PROXY', 'proxy'];

/** What the name itself tells of its reach; null where that is to be looked up. */
function said(hostname: string): Reach | null {
  const bare = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(bare) !== 0) return reachOf(bare);
  if (/(^|\.)localhost$|^metadata\.google\.internal$/i.test(bare)) return 'here';
  return /\.(local|internal|home\.arpa)$/i.test(bare) ? 'private' : null;
}

interface Agents {
  readonly nearest: Exclude<Reach, 'here'>;
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

async function agentsFor(registry: string): Promise<Agents> {
  const nearest = (await isInside(new URL(registry).hostname)) ? 'private' : 'public';
  const options: AgentOptions & { readonly lookup: LookupFunction } = { keepAlive: true, maxSockets: 15, lookup: onlyAllowed(nearest) };
  return { nearest, http: new HttpAgent(options), https: new HttpsAgent(options) };
}

/** A registry of which nothing is known is taken for one that is out in the world. */
async function isInside(hostname: string): Promise<boolean> {
  const addresses = await lookUp(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return addresses.some(({ address }) => reachOf(address) !== 'public');
}

function isAllowed(reach: Reach, nearest: Agents['nearest']): boolean {
  return reach === 'public' || reach === nearest;
}

/** Looks up a name and fails if any of its addresses is not allowed. */
function onlyAllowed(nearest: Agents['nearest']): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error('no address'), '', 0);
      if (!addresses.every(({ address }) => isAllowed(reachOf(address), nearest))) {
        return callback(Object.assign(new Error('address refused'), { code: 'EADDRESSREFUSED' }), '', 0);
      }
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}
