import type { EgressRoute } from '../../core/ports/egress.ts';
import { npmRoot } from './npm/route.ts';
import { reportPath } from './report/answer-report.ts';
import type { UpstreamRegistry } from './npm/upstreams.ts';

/** What stands in for every key inside: it proves nothing, and whatever else comes as a key is told of. */
export const placeholderKey = 'jidoka-job';

interface Reach {
  readonly registries: readonly UpstreamRegistry[];
  readonly job: string;
  readonly open: ReadonlySet<EgressRoute>;
  readonly key: string | null;
}

/** Environment of commands to which the factory answers at a port: npm's always, so that it is refused rather than lost. */
export function environmentOf({ registries, job, open, key }: Reach, port: number): Record<string, string> {
  const root = `http://127.0.0.1:${port}${key === null ? '' : `/${key}`}`;
  return {
    ...npmEnvironment(registries, `${root}/${npmRoot}/`),
    ...(open.has('model') && modelEnvironment(`${root}/model`)),
    ...(open.has('report') && { JIDOKA_REPORT_URL: `${root}${reportPath}` }),
    ...(open.has('git') && { JIDOKA_GIT_URL: `${root}/git/${encodeURIComponent(job)}` }),
  };
}

/**
 * Environment by which npm asks the factory for everything. All scopes have the one address, and which registry is meant
 * is found from the package's name: npm takes the host of any tarball for that of the *default* registry, whatever the
 * scope, and shells drop variables with an `@` in their name, so that a scope's own address would not hold.
 */
function npmEnvironment(registries: readonly UpstreamRegistry[], url: string): Record<string, string> {
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

/** Where clients of the model APIs look for their address and key, and where a program of the owner's does. */
function modelEnvironment(url: string): Record<string, string> {
  return {
    JIDOKA_MODEL_URL: url,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: placeholderKey,
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: placeholderKey,
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_API_KEY: placeholderKey,
  };
}
