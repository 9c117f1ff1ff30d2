import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JidokaError } from '../../core/base/error.ts';

/** What a person named: a folder of this machine, or a repository elsewhere with the secrets taken out. */
export type Location =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'remote'; readonly url: string; readonly credentials: Credentials | null };

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Reads a path or URL. Throws `repository-invalid` for a URL git would not fetch from.
 *
 * @example
 * parseLocation('https://ada:secret@git.example/a.git'); // url 'https://git.example/a.git', credentials apart
 */
export function parseLocation(text: string): Location {
  if (/^[a-z][a-z0-9+.-]*:(\/\/|:)/i.test(text)) return parseUrl(text);
  // git's short form of ssh, where no folder has that name.
  const short = /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/)[^\s]/.test(text) && !/^[^:]*\//.test(text);
  if (short && !existsSync(text)) return { kind: 'remote', url: text, credentials: null };
  return { kind: 'local', path: resolve(text) };
}

function parseUrl(text: string): Location {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'file:') return { kind: 'local', path: fileURLToPath(url) };
  if (url === null || !['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol)) {
    throw new JidokaError('repository-invalid', `${hideSecrets(text)} is no URL of a git repository.`, {
      mend: 'Name a folder, or an https, ssh, git or file URL.',
    });
  }
  const password = decodeURIComponent(url.password);
  const user = decodeURIComponent(url.username);
  url.password = '';
  // The user of ssh is part of the address; that of http is a credential.
  if (url.protocol.startsWith('http')) url.username = '';
  const credentials = url.protocol.startsWith('http') && user !== '' ? { user, password } : null;
  return { kind: 'remote', url: url.href.replace(/\/+$/, ''), credentials };
}

function hideSecrets(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//');
}

/** Stable id of a repository: a digest of where it is. */
export function repositoryId(location: string): string {
  return createHash('sha256').update(location).digest('hex').slice(0, 16);
}

/** Short name for people. */
export function repositoryName(location: string): string {
  const last = basename(location.replace(/\/\.git$/, '')).replace(/\.git$/, '');
  return last.split(':').at(-1) ?? last;
}
