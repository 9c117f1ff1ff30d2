import { JidokaError } from '../../../core/base/error.ts';
import type { Actor } from '../../../core/gate/answer.ts';
import type { Factory } from '../../../core/ports/factory.ts';
import type { Call, OptionRecord } from '../command.ts';
import { withFactory } from '../with-factory.ts';
import type { World } from '../world.ts';

/** Option of every command that acts for somebody. */
export const tokenOption: OptionRecord = {
  flags: '--token <token>',
  description: 'act as whoever holds this token (JIDOKA_TOKEN); without it, as yourself',
};

/**
 * Lets a person, or whoever holds the token given, do something to the factory. Throws `access-refused` within a job's
 * workspace and for a token that nobody holds.
 */
export async function acting<T>(call: Call, deed: (factory: Factory, actor: Actor) => Promise<T>): Promise<T> {
  await refuseJobs(call.world);
  return withFactory(call, async (factory) => deed(factory, await actorOf(call, factory)));
}

/** An agent that found this command line within its workspace is no person. Throws `access-refused`. */
export async function refuseJobs(world: World): Promise<void> {
  if (!(await world.isInsideJob())) return;
  throw new JidokaError('access-refused', 'This command line runs within a job of a factory, and what it asks is for people.', {
    mend: 'Give the command yourself, in a shell that no job started.',
  });
}

/** Who gives this command line: the holder of the token given, else the person at this machine. Throws `access-refused`. */
export async function actorOf(call: Call, factory: Factory): Promise<Actor> {
  const token = call.text('token') ?? (call.world.env['JIDOKA_TOKEN'] || null);
  // Whoever may open the factory's database may do anything anyway.
  if (token === null) return { name: call.world.actor, kind: 'person', roles: ['*'] };
  const holder = await factory.credentials.who(token);
  if (holder !== null) return holder;
  throw new JidokaError('access-refused', 'Nobody holds the token given.', {
    mend: 'Look at --token and JIDOKA_TOKEN; `jidoka token list` names the holders.',
  });
}
