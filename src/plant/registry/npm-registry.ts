import type { AdvisoryAnswer, AdvisorySource } from '../../core/ports/advisories.ts';
import type { Registry, RegistryAnswer } from '../../core/ports/registry.ts';
import { bulkPath, readAdvisories } from './advisories.ts';
import { openClient, type Client, type ClientOptions } from './client.ts';
import { readPackument } from './packument.ts';

/**
 * Speaks to the registries that npm's own settings name, by scope, with their credentials, certificates and proxies.
 * Answers other than failures are kept for the life of the object. Messages never quote a URL, header or body.
 *
 * @example
 * const registry = npmRegistry({ cwd, env: process.env, log: console.error, clock });
 * await registry.releases('@scope/name'); // { kind: 'found', package: … }
 */
export function npmRegistry(options: ClientOptions): Registry & AdvisorySource {
  const client = openClient(options);
  const kept = new Map<string, Promise<RegistryAnswer>>();
  return {
    async releases(name) {
      const asked = kept.get(name) ?? askReleases(client, name);
      kept.set(name, asked);
      const answer = await asked;
      if (answer.kind === 'failed' && kept.get(name) === asked) kept.delete(name);
      return answer;
    },
    advisories: (packages) => askAdvisories(client, packages),
  };
}

async function askReleases(client: Client, name: string): Promise<RegistryAnswer> {
  if (!/^(@[^/@\s%]+\/)?[^/@\s%.][^/@\s%]*$/.test(name)) return { kind: 'absent', name };
  const path = `/${name.split('/').map(encodeName).join('%2f')}`;
  const asked = await client.ask({ path, spec: name }, (document) => readPackument(name, document));
  if ('answer' in asked) return asked.answer;
  const { failure, host } = asked;
  if (failure.status === 404) return { kind: 'absent', name };
  return { kind: 'failed', name, class: failure.class, message: `Asking ${host} for ${name} gave ${failure.what}.` };
}

function encodeName(part: string): string {
  return part.startsWith('@') ? `@${encodeURIComponent(part.slice(1))}` : encodeURIComponent(part);
}

async function askAdvisories(client: Client, packages: ReadonlyMap<string, readonly string[]>): Promise<AdvisoryAnswer> {
  const asked = await client.ask({ path: bulkPath, body: Object.fromEntries(packages) }, readAdvisories);
  const source = `the advisory endpoint of ${asked.host}`;
  if ('answer' in asked) return { kind: 'found', source, advisories: asked.answer };
  return { kind: 'unavailable', source, reason: `It gave ${asked.failure.what}.` };
}
