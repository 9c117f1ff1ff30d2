import { npmRoot } from './route.ts';
import type { UpstreamRegistry } from './upstreams.ts';

/**
 * Environment by which npm asks the factory for everything. All scopes have the one address, and which registry is meant
 * is found from the package's name: npm takes the host of any tarball for that of the *default* registry, whatever the
 * scope, and shells drop variables with an `@` in their name, so that a scope's own address would not hold.
 */
export function npmEnvironment(registries: readonly UpstreamRegistry[], port: number): Record<string, string> {
  const url = `http://127.0.0.1:${port}/${npmRoot}/`;
  const scopes = registries.flatMap(({ scope }) => (scope === null ? [] : [[`npm_config_${scope}:registry`, url] as const]));
  return {
    npm_config_registry: url,
    // A project may name a registry of its own for a scope; that of the owner is the one that is reached.
    ...Object.fromEntries(scopes),
    // Tarball URLs are recorded in lockfiles as the registry gave them, and asked for here all the same.
    npm_config_replace_registry_host: 'always',
    npm_config_noproxy: '127.0.0.1',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  };
}
