import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { JidokaError } from '../../core/base/error.ts';
import { capture } from './spawn/spawn.ts';

/** The user that commands run as, found by trying. */
export interface Account {
  /** Another user than the factory's own; null where commands run as the factory does. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** 'nobody (65534)'. */
  readonly name: string;
  readonly node: string;
  readonly npm: string;
  /** Environment of the floor's own questions: PATH and no more. */
  readonly tools: Readonly<Record<string, string>>;
  readonly caveats: readonly string[];
}

interface Tools {
  readonly node: string;
  readonly npm: string;
}

/**
 * Finds the user for commands: of a factory that runs as root it is nobody, if nobody can use node and npm in `folder`.
 * Throws `npm-missing`.
 */
export async function findAccount(folder: string, path: string): Promise<Account> {
  const tools = { PATH: path, HOME: folder, npm_config_update_notifier: 'false', npm_config_logs_max: '0' };
  const own = ownName();
  if (process.getuid?.() !== 0) {
    return { user: null, name: own, ...(await needTools(folder, tools)), tools, caveats: [] };
  }
  const nobody = await nobodyOf();
  const found = await toolsFor(nobody, folder, tools);
  if (found !== null) return { user: nobody, name: `nobody (${nobody.uid})`, ...found, tools, caveats: [] };
  const caveat = `commands run as root: the user nobody cannot use node and npm in ${folder}`;
  return { user: null, name: own, ...(await needTools(folder, tools)), tools, caveats: [caveat] };
}

function ownName(): string {
  const uid = process.getuid?.() ?? -1;
  try {
    return `${userInfo().username} (${uid})`;
  } catch {
    // A user without an entry in the password file, as containers like to have.
    return `user (${uid})`;
  }
}

async function nobodyOf(): Promise<{ readonly uid: number; readonly gid: number }> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users) ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

async function needTools(folder: string, env: Readonly<Record<string, string>>): Promise<Tools> {
  const found = await toolsFor(null, folder, env);
  if (found !== null) return found;
  throw new JidokaError('npm-missing', 'node and npm cannot be run from PATH.', {
    mend: 'Install Node.js 20 or newer with npm and see that `npm --version` answers.',
    data: { path: env['PATH'] },
  });
}

async function toolsFor(user: Account['user'], cwd: string, env: Readonly<Record<string, string>>): Promise<Tools | null> {
  const ask = (...argv: readonly [string, ...string[]]): Promise<{ readonly code: number | null; readonly stdout: string }> =>
    capture({ argv, cwd, env, user });
  const answer = await ask('node', '-e', question);
  if (answer.code !== 0) return null;
  const [node = '', npm = ''] = answer.stdout.split('\n');
  if (npm !== '') return { node, npm };
  const asked = await ask('npm', '--version');
  return asked.code === 0 ? { node, npm: asked.stdout.trim() } : null;
}

/**
 * Prints the version of node and, on a second line, that of npm where it is npm's own program that PATH leads to and the user
 * may run: npm takes three times as long to tell it as node takes to start. Of what else is called npm nothing is printed.
 */
const question = `
const fs = require('node:fs');
const { basename, dirname, join } = require('node:path');
console.log(process.versions.node);
const runs = (file) => {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
};
const found = (process.env.PATH || '').split(':').map((folder) => join(folder, 'npm')).find(runs);
try {
  const program = fs.realpathSync(found);
  const [line] = fs.readFileSync(program, 'utf8').split('\\n');
  const { name, version } = JSON.parse(fs.readFileSync(join(dirname(program), '../package.json'), 'utf8'));
  if (basename(program) === 'npm-cli.js' && name === 'npm' && line === '#!/usr/bin/env node') console.log(version);
} catch {
  // It is another program, or out of reach: it is asked itself.
}
`;
