import { lstat, readFile, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copySettings } from './settings-copy.ts';
import type { HostLayout, HostMount, SharedPath } from './view.ts';

/** Where programs and libraries are, on any of the usual systems. */
const programs = '/usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix/store /gnu/store /run/current-system'.split(' ');
/** What programs need of /etc; nothing that may hold an address, a key, a token or the name of a person. */
const settings = `ld.so.cache ld.so.preload ld.so.conf ld.so.conf.d alternatives static
  ssl/certs ssl/cert.pem ssl/openssl.cnf pki/tls/certs pki/tls/cert.pem pki/tls/openssl.cnf pki/ca-trust
  ca-certificates ca-certificates.conf crypto-policies
  nsswitch.conf host.conf gai.conf services protocols localtime timezone locale.conf
  mime.types os-release debian_version redhat-release alpine-release fonts`.split(/\s+/);
const settingsOfJava = /^java-\d+-openjdk$/;

/** Where commands find the settings, all in one folder: each mount of a wall takes a part of a millisecond. */
const shownAt = '/run/settings';

/**
 * Looks at what of this host a confined command needs. With a folder, the settings are copied into it, for commands to be
 * shown that one folder; they are as they were when the factory looked.
 */
export async function seeHost(settingsFolder: string | null = null): Promise<HostLayout> {
  const java = (await readdir('/etc')).filter((name) => settingsOfJava.test(name));
  const names = [...settings, ...java];
  const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const found = async (paths: readonly string[]): Promise<readonly SharedPath[]> =>
    (await Promise.all(paths.map(look))).filter((one) => one !== null);
  const ofPrograms = await found(programs);
  const ofSettings = await found(names.map((name) => join('/etc', name)));
  if (settingsFolder === null) return { shared: [...ofPrograms, ...ofSettings], mounts };
  await copySettings(
    settingsFolder,
    ofSettings.map(({ path }) => path),
  );
  const links = ofSettings.map(({ path }): SharedPath => ({ path, is: { linkTo: join(shownAt, path.slice('/etc/'.length)) } }));
  return { shared: [...ofPrograms, { path: shownAt, from: settingsFolder, is: 'folder' }, ...links], mounts };
}

/** A link to programs stays a link; a link among the settings is shown as what it points to. */
async function look(path: string): Promise<SharedPath | null> {
  const itself = await lstat(path).catch(() => null);
  if (itself === null) return null;
  const isSetting = path.startsWith('/etc/') && path !== '/etc/static';
  if (itself.isSymbolicLink() && !isSetting) return { path, is: { linkTo: await readlink(path) } };
  const meant = await stat(path).catch(() => null);
  if (meant === null) return null;
  return { path, is: meant.isDirectory() ? 'folder' : 'file' };
}

/** Reads the mounts of /proc/self/mountinfo. */
export function parseMounts(text: string): readonly HostMount[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, , , , path = '/', options = ''] = line.split(' ');
    return {
      path: path.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
      noexec: options.split(',').includes('noexec'),
    };
  });
}
