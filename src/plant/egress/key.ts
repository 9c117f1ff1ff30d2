import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What whoever comes without the key is told. */
export const keyless = 'each path at this port begins with the key of its workspace, as the environment of its commands has it';

/**
 * Whether a request comes with the key. It is then taken off the path: nothing behind this knows of keys; and of a path
 * without it nothing is kept, for it is no matter of the job's.
 */
export function admits(key: string | null, request: IncomingMessage): boolean {
  if (key === null) return true;
  const { url = '' } = request;
  const [given, wanted] = [Buffer.from(url.slice(0, key.length + 1)), Buffer.from(`/${key}`)];
  const rest = url.slice(key.length + 1);
  const admitted = given.length === wanted.length && timingSafeEqual(given, wanted) && /^(?:[/?]|$)/.test(rest);
  request.url = admitted && rest.startsWith('/') ? rest : '/';
  return admitted;
}
