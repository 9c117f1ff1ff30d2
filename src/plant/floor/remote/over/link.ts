import { JidokaError, isJidokaError } from '../../../../core/base/error.ts';
import type { Begun, RunnerSettings } from '../words.ts';
import type { Beat } from '../wire/beat.ts';
import { openSession } from '../wire/session.ts';
import type { Session } from '../wire/session.ts';
import type { Answers } from '../wire/served.ts';
import type { Wire } from '../wire/wire.ts';
import { read } from './answers.ts';

/** The connection to a runner, made when it is needed and made anew when it broke. */
export interface Link {
  /** Throws `floor-unreachable`, or what the runner says that its machine lacks. */
  use(): Promise<Joined>;
  /** The fault of what cannot be done because the machine is not reached. */
  unreachable(why: string): JidokaError;
  close(): Promise<void>;
}

export interface Joined {
  readonly session: Session;
  readonly begun: Begun;
}

/** A wire to a runner, and what the program that carries it complained of last; '' for nothing. */
export interface Connection {
  readonly wire: Wire;
  readonly complaint?: () => string;
}

export interface LinkOptions {
  /** Where it is, for people and in refs. */
  readonly host: string;
  /** Throws `floor-unreachable` where there is no way to a runner. */
  readonly connect: () => Promise<Connection>;
  readonly settings: RunnerSettings;
  /** What somebody does who finds the machine out of reach. */
  readonly mend: string;
  /** What a runner may ask of the factory and tell it, for each session anew. */
  readonly party: (session: () => Session) => Party;
  readonly beat?: Beat;
  /** How long connecting may take altogether, in milliseconds. */
  readonly connectMs?: number;
}

/** The factory as a runner meets it in one session. */
export interface Party {
  readonly answers: Answers;
  readonly heard: (name: string, told: unknown) => void;
  readonly ended: () => void;
}

/** A runner that is put onto its machine first needs its time. */
const defaultConnectMs = 60_000;

export function linkTo(options: LinkOptions): Link {
  let current: Promise<Joined> | null = null;
  const unreachable = (why: string, complaint = ''): JidokaError =>
    new JidokaError('floor-unreachable', `${options.host} cannot be reached: ${why}${complaint === '' ? '' : ` (${complaint})`}.`, {
      mend: options.mend,
    });
  const join = async (): Promise<Joined> => {
    const joined = await joinRunner(options, unreachable);
    void joined.session.ended.then(() => (current = null));
    return joined;
  };
  const joining = (): Promise<Joined> => {
    current ??= join().catch((error: unknown) => {
      current = null;
      throw isJidokaError(error) ? error : unreachable(textOf(error));
    });
    return current;
  };
  return {
    async use() {
      for (;;) {
        const joined = await joining();
        if (!joined.session.isOver()) return joined;
        // It broke, and not all that was under way has been told so yet.
        await joined.session.ended;
      }
    },
    unreachable,
    async close() {
      const joined = await current?.catch(() => null);
      await joined?.session.close();
    },
  };
}

type Unreachable = (why: string, complaint?: string) => JidokaError;

async function joinRunner(options: LinkOptions, unreachable: Unreachable): Promise<Joined> {
  const { connect, settings, beat, connectMs = defaultConnectMs } = options;
  const { wire, complaint = () => '' } = await connect();
  const { ended, ...party } = options.party(() => session);
  const fault = (why: string): JidokaError => unreachable(why, complaint());
  const session: Session = openSession(wire, { side: 'factory', ...party, fault, ...(beat && { beat }) });
  void session.ended.then(ended);
  const timer = setTimeout(() => session.drop(`no runner answered within ${connectMs / 1000} s`), connectMs);
  try {
    return { session, begun: read.begun(await session.call('begin', settings).answer) };
  } catch (error) {
    session.drop('it did not begin');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
