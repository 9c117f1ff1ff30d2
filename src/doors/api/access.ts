import { assertNever } from '../../core/base/assert-never.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { Actor } from '../../core/gate/answer.ts';
import { httpError } from './api-error.ts';
import type { Bearers } from './bearers.ts';
import type { Who } from './route.ts';

/** Tells who asks by an Authorization header. Throws `access-refused`, with status 401, where nobody is known by it. */
export async function identify(authorization: string | undefined, bearers: Bearers): Promise<Actor> {
  const [, token] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '') ?? [];
  const actor = token === undefined ? null : await bearers.who(token);
  if (actor !== null) return actor;
  const what = token === undefined ? 'The request has no token.' : 'Nobody is known by this token.';
  throw httpError(401, what, 'Send the header "Authorization: Bearer TOKEN"; an administrator makes tokens.');
}

/** Lets an actor through to what they may use. Throws `access-refused`. */
export function authorize(who: Who, actor: Actor): Actor {
  switch (who) {
    case 'anyone':
    case 'holder':
      return actor;
    case 'person':
      return person(actor);
    case 'admin':
      return admin(person(actor));
    default:
      return assertNever(who);
  }
}

function person(actor: Actor): Actor {
  if (actor.kind === 'person') return actor;
  throw new JidokaError('access-refused', `${actor.name} is an agent; agents read and submit.`, { mend: 'Let a person do it.' });
}

function admin(actor: Actor): Actor {
  if (actor.roles.includes('*') || actor.roles.includes('admin')) return actor;
  throw new JidokaError('access-refused', `${actor.name} is no administrator.`, { mend: 'Ask somebody with the role "admin".' });
}
