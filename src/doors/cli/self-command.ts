import { basename, delimiter, dirname, relative } from 'node:path';
import type { Call } from './command.ts';
import type { World } from './world.ts';

/**
 * Gives the words by which this very program can be called again from the folder it was called in: `jidoka` where
 * it is installed, `npx jidoka` where npm started it, the path of the script in a clone.
 */
export function selfCommand({ script, cwd, env }: Pick<World, 'script' | 'cwd' | 'env'>): string {
  if (basename(script) !== 'jidoka') return `node ${quote(relative(cwd, script) || script)}`;
  if (env['npm_command'] === 'exec') return 'npx jidoka';
  const onPath = (env['PATH'] ?? '').split(delimiter).includes(dirname(script));
  return onPath ? 'jidoka' : quote(script);
}

/** The words that call this program on the same factory: a home given as an option must be given again. */
export function sameFactoryCommand(call: Pick<Call, 'text' | 'world'>): string {
  const home = call.text('home');
  return home === null ? selfCommand(call.world) : `${selfCommand(call.world)} --home ${quote(home)}`;
}

/** Quotes a word for a POSIX shell where it needs it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
