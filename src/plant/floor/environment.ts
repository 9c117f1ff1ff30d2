import type { Command } from '../../core/ports/floor.ts';

/** The environment of the process that runs the factory. */
export type HostEnvironment = Readonly<Record<string, string | undefined>>;

/** Folders of the floor and of one workspace that tools are told about. */
export interface Places {
  readonly path: string;
  readonly home: string;
  readonly tmp: string;
  readonly npmCache: string;
  /** The owner's npm settings, readable by the user that commands run as. */
  readonly npmSettings: string;
  /** Git looks for no repository above this folder. */
  readonly ceiling: string;
  /** Certificates by variable name, readable by the user that commands run as. */
  readonly trust: Readonly<Record<string, string>>;
}

/** The clean environment of a command: nothing of the host's but what is named here, and no secret without a network. */
export function commandEnvironment(network: Command['network'], host: HostEnvironment, places: Places): Record<string, string> {
  return {
    PATH: places.path,
    LANG: host['LANG'] ?? 'C.UTF-8',
    HOME: places.home,
    TMPDIR: places.tmp,
    CI: '1',
    // Not FORCE_COLOR=0 beside it: Node warns on stderr where both are set.
    NO_COLOR: '1',
    GIT_CEILING_DIRECTORIES: places.ceiling,
    GIT_TERMINAL_PROMPT: '0',
    npm_config_cache: places.npmCache,
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    ...places.trust,
    ...(network === 'registry' ? registryEnvironment(host, places) : {}),
  };
}

const proxies = /^(https?|all|no)_proxy$|^node_use_env_proxy$/i;
/** Settings by which npm finds and trusts registries; names with a colon are per scope or per host. */
const npmConnection = /^npm_config_(registry|(https?_)?proxy|https-proxy|noproxy|cafile|ca|cert|key|strict_ssl|.*:.*)$/i;

function registryEnvironment(host: HostEnvironment, places: Places): Record<string, string> {
  const kept = Object.entries(host).filter(([name]) => proxies.test(name) || npmConnection.test(name));
  const given = kept.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(given), NPM_CONFIG_USERCONFIG: places.npmSettings };
}
