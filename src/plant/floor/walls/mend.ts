import { access, readFile } from 'node:fs/promises';

/** What this machine says of user namespaces, without which there is no wall. */
export interface NamespaceSettings {
  /** AppArmor takes the rights of every user namespace whose program has no profile; Ubuntu since 23.10. */
  readonly apparmor: boolean;
  /** Switched off by a setting of Debian's. */
  readonly clone: boolean;
  /** How many there may be. */
  readonly most: number | null;
  readonly container: boolean;
}

/** Asks the machine. */
export async function readNamespaceSettings(): Promise<NamespaceSettings> {
  const [apparmor, clone, most] = await Promise.all(
    ['kernel/apparmor_restrict_unprivileged_userns', 'kernel/unprivileged_userns_clone', 'user/max_user_namespaces'].map(readSetting),
  );
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map(isThere));
  return { apparmor: apparmor === 1, clone: clone !== 0, most: most ?? null, container: marks.includes(true) };
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

/** What is missing for each wall: programs that are not on PATH. */
export interface Missing {
  readonly bubblewrap: boolean;
  readonly namespaces: readonly string[];
}

/** The exact commands that make a wall possible on this machine, most likely first. */
export function mendOf(settings: NamespaceSettings, missing: Missing): string {
  const mends = [
    ...(settings.most === 0 ? ['User namespaces are switched off: `sudo sysctl -w user.max_user_namespaces=15000`.'] : []),
    ...(settings.clone ? [] : ['User namespaces are for root only: `sudo sysctl -w kernel.unprivileged_userns_clone=1`.']),
    ...(settings.apparmor ? [apparmorMend] : []),
    ...(missing.bubblewrap ? [installMend] : []),
    ...(missing.namespaces.length > 0
      ? [`Or install what the other wall needs: ${missing.namespaces.join(', ')} (util-linux 2.36 or newer, iproute2).`]
      : []),
    ...(settings.container ? [containerMend] : []),
  ];
  return mends.length === 0
    ? 'Look at why each wall failed; commands must not run as root, and user namespaces must be allowed.'
    : mends.join(' ');
}

const installMend =
  'Install bubblewrap: `sudo apt-get install bubblewrap` (Debian, Ubuntu), `sudo dnf install bubblewrap` (Fedora), ' +
  '`sudo pacman -S bubblewrap` (Arch), `sudo apk add bubblewrap` (Alpine); with Homebrew on Linux `brew install bubblewrap`.';

const apparmorMend =
  'AppArmor takes the rights of user namespaces: either let bubblewrap alone have them, `sudo apt-get install apparmor-profiles && ' +
  'sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict`, ' +
  'or every program, `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`.';

const containerMend =
  'In a container, start it with `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`; without the first it may not ' +
  'make namespaces, without the second not mount /proc in them.';
