import { JidokaError } from '../base/error.ts';
import type { Actor } from './answer.ts';

/**
 * Refuses an agent what is a person's to do, whatever token or role it holds. Throws `access-refused`.
 *
 * @example
 * personOnly(actor, 'lift a pause');
 */
export function personOnly(actor: Actor, what: string): void {
  if (actor.kind === 'person') return;
  throw new JidokaError('access-refused', `${actor.name} is an agent and may not ${what}.`, { mend: 'Let a person do it.' });
}
