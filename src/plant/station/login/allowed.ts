import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';

const Allowed = z.strictObject({ allowed: z.array(z.string()) });

/** The agents whose logins the owner allowed to be used; a file, so that it holds for every process of a factory at once. */
export async function readAllowed(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadable(file, error);
  });
  if (text === null) return [];
  try {
    return Allowed.parse(JSON.parse(text)).allowed;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Writes it whole or not at all. */
export async function writeAllowed(file: string, allowed: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ allowed: [...new Set(allowed)].toSorted() })}\n`, { mode: 0o600 });
  await rename(draft, file);
}

function unreadable(file: string, cause: unknown): JidokaError {
  return new JidokaError('login-unfit', `Which logins may be used cannot be read in ${file}.`, {
    mend: 'Delete the file, and allow them again: jidoka station login AGENT --allow',
    cause,
  });
}
