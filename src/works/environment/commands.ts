import { environmentLimits } from '../../core/environment/environment-spec.ts';
import type { JidokaError } from '../../core/base/error.ts';
import { secretsIn } from '../inspection/secrets/index.ts';
import type { Found, Words } from './found.ts';

/** A command that a file asks for. */
export interface Asked {
  /** Where it stands in the file, for people. */
  readonly what: string;
  readonly words: Words;
  readonly cwd: string;
}

/**
 * The words of a command as files write it: a text is a script, a list the words themselves; null where it says
 * nothing. What is neither, too long or holds a NUL is the complaint.
 */
export function wordsOf(value: unknown, complain: (message: string) => JidokaError): Words | null {
  if (typeof value === 'string') return value.trim() === '' ? null : within(script(value), complain);
  if (!Array.isArray(value)) throw complain('It is no command: write a text or a list of texts.');
  const words = value.map((word: unknown) => {
    if (typeof word !== 'string') throw complain('It is no command: one of its words is no text.');
    return word;
  });
  const [program, ...rest] = words;
  if (program === undefined) return null;
  if (program.trim() === '') throw complain('It is no command: it begins with an empty word.');
  return within([program, ...rest], complain);
}

/** Words that run a text in a shell; one of several lines ends at the first that fails. */
function script(text: string): Words {
  const trimmed = text.trim();
  return trimmed.includes('\n') ? ['sh', '-e', '-c', trimmed] : ['sh', '-c', trimmed];
}

/** Holds the words of a command to what may reach a process. */
export function within(words: Words, complain: (message: string) => JidokaError): Words {
  const text = words.join(' ');
  if (text.includes('\0')) throw complain('It holds a NUL character.');
  if (text.length <= environmentLimits.commandCharacters) return words;
  throw complain(`It has ${text.length} characters; a command has at most ${environmentLimits.commandCharacters}.`);
}

/** The setup that is made of commands, without those that hold a secret. */
export function setupOf(asked: readonly Asked[]): Pick<Found, 'refused'> & { readonly setup: NonNullable<Found['setup']> } {
  const isSecret = ({ words }: Asked): boolean => holdsSecret(words.join(' '));
  const why = 'It looks as if it held a secret, and what a repository says is kept in the record.';
  return {
    setup: asked.filter((one) => !isSecret(one)).map(({ words, cwd }) => ({ words, cwd, network: 'registry' })),
    refused: asked.filter(isSecret).map(({ what }) => ({ what, why })),
  };
}

export function holdsSecret(text: string): boolean {
  return secretsIn(text, { shapesOnly: false }).length > 0;
}
