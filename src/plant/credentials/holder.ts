import { JidokaError } from '../../core/base/error.ts';
import type { Actor } from '../../core/gate/answer.ts';

/** Gives a holder with each of its roles once. Throws `usage` where a token must not be made for it. */
export function checkHolder({ name, kind, roles }: Actor): Actor {
  if (!/^[a-z0-9._-]{1,64}$/.test(name))
    throw usage(`${JSON.stringify(name)} is no name for a credential.`, 'Use 1 to 64 small letters, digits, dots, dashes and underscores.');
  if (kind !== 'person' && kind !== 'agent') throw usage(`${JSON.stringify(kind)} is no kind of holder.`, 'Say person or agent.');
  const strange = roles.find((role) => role !== '*' && !/^[a-z][a-z0-9._-]{0,63}$/.test(role));
  if (strange !== undefined)
    throw usage(`${JSON.stringify(strange)} is no role.`, "Use names like reviewer, in small letters, or '*' for every role.");
  if (kind === 'agent' && roles.includes('*'))
    throw usage(`${name} is an agent and cannot have every role.`, 'Name the roles it needs. It can answer no gate with any.');
  return { name, kind, roles: [...new Set(roles)] };
}

/** The fault of a name that somebody else has. */
export function nameTaken(name: string): JidokaError {
  return usage(`A credential named ${name} exists.`, `Choose another name, or remove it first.`);
}

function usage(message: string, mend: string): JidokaError {
  return new JidokaError('usage', message, { mend });
}
