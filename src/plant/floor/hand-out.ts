import { createHash, randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { HostEnvironment } from './environment.ts';

/** Variables that name a file of certificates. */
const trustVariables = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'GIT_SSL_CAINFO',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'NIX_SSL_CERT_FILE',
] as const;

/** Writes the owner's npm settings where the user of commands can read them, and nobody else; returns the file. */
export async function handOutNpmSettings(folder: string, host: HostEnvironment, account: Account): Promise<string> {
  const source = host['NPM_CONFIG_USERCONFIG'] ?? host['npm_config_userconfig'] ?? join(host['HOME'] ?? '/', '.npmrc');
  const text = await readFile(source, 'utf8').catch(() => '');
  const target = join(folder, '.npmrc');
  await place(target, { content: fillIn(text, host), mode: 0o400, account });
  return target;
}

/** Names the host's certificates; copies them where the user of commands is another one, who may not reach them. */
export async function handOutTrust(folder: string, host: HostEnvironment, account: Account): Promise<Record<string, string>> {
  const named = trustVariables.flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]] as const]));
  if (account.user === null) return Object.fromEntries(named);
  const copies = join(folder, '.trust');
  await mkdir(copies, { recursive: true, mode: 0o755 });
  const handed = await Promise.all(named.map(async ([name, file]) => [name, await copyTrust(file, copies, account)] as const));
  return Object.fromEntries(handed);
}

async function copyTrust(file: string, copies: string, account: Account): Promise<string> {
  const content = await readFile(file).catch(() => null);
  if (content === null) return file;
  const target = join(copies, `${createHash('sha256').update(file).digest('hex').slice(0, 12)}.pem`);
  await place(target, { content, mode: 0o444, account });
  return target;
}

/** Replaces `${NAME}` as npm does: by the owner's variable, by nothing for `${NAME?}`, else not at all. */
function fillIn(text: string, host: HostEnvironment): string {
  return text.replaceAll(
    /(?<!\\)\$\{([^${}?]+)(\?)?\}/g,
    (whole, name: string, optional?: string) => host[name] ?? (optional === undefined ? whole : ''),
  );
}

interface Placed {
  readonly content: string | Uint8Array;
  readonly mode: number;
  readonly account: Account;
}

/** Writes beside and renames, so that a command that reads meanwhile sees one whole file or the other. */
async function place(target: string, file: Placed): Promise<void> {
  const draft = `${target}.${randomUUID()}`;
  await writeFile(draft, file.content, { mode: 0o600 });
  await chmod(draft, file.mode);
  if (file.account.user !== null) await chown(draft, file.account.user.uid, file.account.user.gid);
  await rename(draft, target);
}
