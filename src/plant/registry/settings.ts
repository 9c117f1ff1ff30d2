import { dirname, join } from 'node:path';
import Config from '@npmcli/config';
import known from '@npmcli/config/lib/definitions/index.js';
import { JidokaError } from '../../core/base/error.ts';

export interface SettingsSource {
  /** Folder whose project-level .npmrc counts. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads npm's own settings (project, user, global and built-in .npmrc, `npm_config_*`) in the form that
 * npm-registry-fetch takes: registries by scope, credentials, certificates, proxies. Throws `registry-unavailable`
 * for settings npm itself would refuse.
 */
export async function readSettings({ cwd, env }: SettingsSource): Promise<Record<string, unknown>> {
  // The reader writes into the environment it is given, for lifecycle scripts that we do not run.
  const config = new Config({ ...known, npmPath: npmBesideNode(), env: { ...env }, argv: [], cwd, warn: false });
  try {
    await config.load();
    return config.flat;
  } catch (error) {
    throw new JidokaError('registry-unavailable', `npm's settings cannot be read in ${cwd}: ${codeOf(error)}.`, {
      mend: 'Run `npm config list` there: npm names the .npmrc and the key that is wrong.',
    });
  }
}

/** npm is installed beside Node on every platform we know; its built-in npmrc is optional. */
function npmBesideNode(): string {
  const modules = process.platform === 'win32' ? 'node_modules' : join('..', 'lib', 'node_modules');
  return join(dirname(process.execPath), modules, 'npm');
}

/** The message may quote the file, and a credential with it; the code never does. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'invalid settings';
}
