import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import { gitIn } from './git.ts';
import type { Git } from './git.ts';

/** The environment of the process that runs the factory. */
export type HostEnvironment = Readonly<Record<string, string | undefined>>;

/** What git may know of the host: how to reach and trust others, never what to run here. */
const kept = /^(HOME|TMPDIR|SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_SSL_\w+|SSL_CERT_\w+|CURL_CA_BUNDLE|(https?|all|no)_proxy)$/i;
/** Settings of the owner that reach other machines; everything else he set for himself stays out. */
const connection = /^(credential|http|url)\.|^core\.(sshcommand|excludesfile)$|^ssh\.variant$/i;
/** Scratch folders older than this were left by a process that was killed, in milliseconds. */
const leftoverMs = 24 * 60 * 60 * 1000;

/**
 * Makes the forge's folder and the settings git runs with there.
 * Throws `git-missing` where git is older than 2.30.
 */
export async function prepareGit(root: string, host: HostEnvironment): Promise<Git> {
  await mkdir(join(root, 'tmp'), { recursive: true });
  await removeLeftovers(join(root, 'tmp'));
  const env = environment(root, host);
  const minor = await checkVersion(gitIn(join(root, 'tmp'), env));
  const settings = join(root, '.gitconfig');
  const owners = await ownersConnections(join(root, 'tmp'), { ...env, ...ownSettings(host) });
  await writeWhole(settings, ourSettings + owners.map(asSetting).join(''));
  // Before 2.32 git knows no other place for settings than the home folder.
  const home = minor < 32 ? { HOME: root, XDG_CONFIG_HOME: root } : {};
  return gitIn(join(root, 'tmp'), { ...env, ...home, GIT_CONFIG_GLOBAL: settings });
}

// Packs go from disk to disk once: searching them for similar files costs more than it saves.
const ourSettings = `[safe]
	directory = *
[core]
	autocrlf = false
	attributesFile = /dev/null
	looseCompression = 1
[pack]
	window = 0
	compression = 1
[gc]
	auto = 0
[maintenance]
	auto = false
[uploadpack]
	allowAnySHA1InWant = true
`;

function environment(root: string, host: HostEnvironment): Record<string, string> {
  const names = Object.keys(host).filter((name) => kept.test(name));
  const path = (host['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(':').filter((folder) => isAbsolute(folder));
  return {
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    ...Object.fromEntries(names.map((name) => [name, host[name] ?? ''])),
    PATH: path.join(':'),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    // ext:: and its like would run commands.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_CEILING_DIRECTORIES: root,
  };
}

/** Returns the minor number of git 2; later majors count as a high one. */
async function checkVersion(git: Git): Promise<number> {
  const text = (await git.must(['--version'])).toString('utf8').trim();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (Number(major) > 2) return 100;
  if (Number(major) === 2 && Number(minor) >= 30) return Number(minor);
  throw new JidokaError('git-missing', `${text} is too old.`, { mend: 'Install git 2.30 or newer.' });
}

/** The owner's own variables by which git finds his settings; reading them runs nothing. */
function ownSettings(host: HostEnvironment): Record<string, string> {
  const names = ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'XDG_CONFIG_HOME'];
  return Object.fromEntries([
    ...names.flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]] as const])),
    ['GIT_CONFIG_NOSYSTEM', host['GIT_CONFIG_NOSYSTEM'] ?? '0'],
  ]);
}

async function ownersConnections(root: string, env: Readonly<Record<string, string>>): Promise<readonly Setting[]> {
  const git = gitIn(root, env);
  const scopes = await Promise.all(['--system', '--global'].map((scope) => git.run(['config', scope, '--includes', '-z', '--list'])));
  const lines = scopes.flatMap((scope) => (scope.code === 0 ? scope.stdout.toString('utf8').split('\0') : []));
  return lines.map(parseSetting).filter((setting) => connection.test(setting.key));
}

interface Setting {
  readonly key: string;
  readonly value: string;
}

function parseSetting(line: string): Setting {
  const end = line.indexOf('\n');
  return end < 0 ? { key: line, value: 'true' } : { key: line.slice(0, end), value: line.slice(end + 1) };
}

function asSetting({ key, value }: Setting): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  const section = first === last ? key.slice(0, first) : `${key.slice(0, first)} ${quoted(key.slice(first + 1, last))}`;
  return `[${section}]\n\t${key.slice(last + 1)} = ${quoted(value)}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > leftoverMs) await rm(path, { recursive: true, force: true });
  }
}
