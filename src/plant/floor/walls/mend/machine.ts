import { access, readFile } from 'node:fs/promises';
import { answeringEngines } from './engines.ts';

/** What this machine says of user namespaces, without which there is no good wall, and of what else there is. */
export interface MachineState {
  /** AppArmor takes the rights of every user namespace whose program has no profile; Ubuntu since 23.10. */
  readonly apparmor: boolean;
  /** Switched off by a setting of Debian's. */
  readonly clone: boolean;
  /** How many there may be. */
  readonly most: number | null;
  /** It is a container itself, and whether AppArmor confines that. */
  readonly container: 'no' | 'yes' | 'confined by AppArmor';
  /** ID and ID_LIKE of /etc/os-release, the nearest first. */
  readonly distributions: readonly string[];
  readonly root: boolean;
  /** Engines of containers that answer: 'Docker', 'Podman'. */
  readonly engines: readonly string[];
}

/** The environment, for where engines of containers are. */
export type MendEnvironment = Readonly<Record<string, string | undefined>>;

/** Asks the machine. */
export async function readMachine(env: MendEnvironment): Promise<MachineState> {
  const [apparmor, clone, most] = await Promise.all(
    ['kernel/apparmor_restrict_unprivileged_userns', 'kernel/unprivileged_userns_clone', 'user/max_user_namespaces'].map(readSetting),
  );
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map(isThere));
  const profile = await readFile('/proc/self/attr/current', 'latin1').catch(() => '');
  return {
    apparmor: apparmor === 1,
    clone: clone !== 0,
    most: most ?? null,
    container: !marks.includes(true) ? 'no' : /\(enforce\)/.test(profile) ? 'confined by AppArmor' : 'yes',
    distributions: parseDistributions(await readFile('/etc/os-release', 'utf8').catch(() => '')),
    root: process.getuid?.() === 0,
    engines: await answeringEngines(env),
  };
}

/** Reads os-release(5). */
export function parseDistributions(text: string): readonly string[] {
  const valueOf = (name: string): string => new RegExp(`^${name}=["']?([^"'\n]*)`, 'm').exec(text)?.[1] ?? '';
  return [valueOf('ID'), ...valueOf('ID_LIKE').split(' ')].filter((one) => one !== '');
}

async function readSetting(name: string): Promise<number | null> {
  const text = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => null);
  return text === null ? null : Number(text.trim());
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
