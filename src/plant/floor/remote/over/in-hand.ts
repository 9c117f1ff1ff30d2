import { JidokaError } from '../../../../core/base/error.ts';
import type { HandedWorkspace } from '../words.ts';
import type { Session } from '../wire/session.ts';
import { read } from './answers.ts';
import type { Link } from './link.ts';

/** A workspace in the hands of this process, through whatever session there is now. */
export interface InHand {
  /** Throws `floor-unreachable`, and `workspace-failed` where it is gone or another process has it now. */
  use(): Promise<Handle>;
}

/** The number that a workspace has in one session. */
export interface Handle {
  readonly session: Session;
  readonly handle: number;
}

/** How a workspace came into this process's hands: as its owner or a visitor, or to be made a base. */
export type Holding = 'owner' | 'visitor' | 'builder';

/** A workspace that one session handed out; a later session takes it over first, as a factory does after its own death. */
export function inHand(link: Link, first: Handle, { name, holding }: { readonly name: string; readonly holding: Holding }): InHand {
  const handles = new WeakMap<Session, Promise<number>>([[first.session, Promise.resolve(first.handle)]]);
  const takeOver = async (session: Session): Promise<number> => {
    if (holding === 'builder') throw link.unreachable(`the connection broke while ${name} was built`);
    const found: HandedWorkspace | null = read.handedOrNull(await session.call('attach', { name, visit: holding === 'visitor' }).answer);
    if (found === null) throw gone(name);
    return found.handle;
  };
  return {
    async use() {
      const { session } = await link.use();
      const handle = handles.get(session) ?? takeOver(session);
      handles.set(session, handle);
      handle.catch(() => handles.delete(session));
      return { session, handle: await handle };
    },
  };
}

function gone(name: string): JidokaError {
  return new JidokaError('workspace-failed', `The workspace ${name} is gone: it was removed while its machine was out of reach.`, {
    mend: 'Open it anew and do the stage again.',
    data: { gone: true },
  });
}
