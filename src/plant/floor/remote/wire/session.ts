import { assembly } from './assembly.ts';
import { defaultBeat, pulse } from './beat.ts';
import type { Beat } from './beat.ts';
import { callsOf } from './calls.ts';
import type { Calls } from './calls.ts';
import { ForeignStream, frameKinds, framesOf } from './frames.ts';
import type { Frame } from './frames.ts';
import { messageBytes } from './message.ts';
import type { Message } from './message.ts';
import type { Answers } from './served.ts';
import { servedCalls } from './served.ts';
import { pingsOf } from './pings.ts';
import type { Pings } from './pings.ts';
import { senderOn } from './sender.ts';
import type { Wire } from './wire.ts';

/** Two programs that call each other over one wire. */
export interface Session extends Calls {
  /** Tells the other side something that it does not answer. */
  note(name: string, value: unknown): void;
  /** True when the other side answers in time. */
  ping(withinMs: number): Promise<boolean>;
  /** True from the moment that nothing can be asked any more, which is before `ended`. */
  isOver(): boolean;
  /** Resolves, with the reason, when the wire is broken or ended and all that was under way here has been told so. */
  readonly ended: Promise<string>;
  /** Says no more; resolves when the other side has ended, or did not in time. What is under way breaks. */
  close(): Promise<void>;
  /** Breaks it off at once. */
  drop(why: string): void;
}

export interface SessionOptions {
  /** Who calls with odd numbers: the factory. */
  readonly side: 'factory' | 'runner';
  /** What the other side may call. */
  readonly answers: Answers;
  /** What it may tell without an answer. */
  readonly heard: (name: string, value: unknown) => void;
  /** The fault of what was under way when the wire broke. */
  readonly fault: (why: string) => Error;
  readonly beat?: Beat;
}

/** Both sides say it first; another version is another program. */
export const protocol = { name: 'jidoka-floor', version: 1 } as const;

/** How long the other side may take to end what it does, in milliseconds. */
const closeMs = 15_000;

/** Begins to speak over a wire. Whoever calls before the other side said anything waits for that. */
export function openSession(wire: Wire, options: SessionOptions): Session {
  const { side, answers, heard, fault } = options;
  let end = (_why: string): void => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  let isOver = false;
  const sender = senderOn(wire);
  const calls = callsOf(sender, { first: side === 'factory' ? 1 : 2 });
  const served = servedCalls(sender, answers);
  const pings = pingsOf(sender, calls.next);
  const beat = pulse(options.beat ?? defaultBeat, {
    ask: () => void sender.send({ kind: frameKinds.ping, id: 0 }),
    silence: (ms) => breakOff(`nothing was heard for ${ms / 1000} s`),
  });
  const lastBreath = async (why: string): Promise<void> => {
    await served.breakOff(fault(why));
    wire.drop();
    end(why);
  };
  const breakOff = (why: string): void => {
    if (isOver) return;
    isOver = true;
    beat.stop();
    sender.stop();
    calls.breakOff(fault(why));
    // The other side sees the end of the wire when all that it asked for has ended here.
    void lastBreath(why);
  };
  const take = takerOf({ calls, served, heard, pings });
  const listen = async (): Promise<string> => {
    let isGreeted = false;
    for await (const frame of framesOf(wire.output)) {
      beat.heard();
      if (isOver) continue;
      if (isGreeted) take(frame);
      else isGreeted = greeted(frame);
    }
    return isGreeted ? 'the other side ended' : 'the other side ended without a word';
  };
  listen().then(breakOff, (error: unknown) =>
    breakOff(error instanceof ForeignStream ? `the other side is no jidoka: ${error.message}` : String(error)),
  );
  void sender.send({ kind: frameKinds.hello, id: 0, payload: Buffer.from(JSON.stringify(protocol)) });
  return {
    call: calls.call,
    note: (name, value) =>
      void sender.sendMessage({ kind: frameKinds.note, id: calls.next() }, messageBytes({ value: { name, value }, blobs: [] })),
    ping: pings.ping,
    isOver: () => isOver,
    ended,
    drop: breakOff,
    async close() {
      calls.breakOff(fault('it was closed'));
      wire.end();
      const timer = setTimeout(() => breakOff('it was closed, and did not end'), closeMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Throws `ForeignStream` where the first word is not ours. */
function greeted({ kind, payload }: Frame): true {
  const said = Buffer.from(payload).toString('utf8');
  if (kind !== frameKinds.hello || !said.includes(`"${protocol.name}"`)) throw new ForeignStream('it does not greet');
  if (said !== JSON.stringify(protocol)) throw new ForeignStream(`it speaks ${said}, and not version ${protocol.version}`);
  return true;
}

interface Taking {
  readonly calls: ReturnType<typeof callsOf>;
  readonly served: ReturnType<typeof servedCalls>;
  readonly heard: SessionOptions['heard'];
  readonly pings: Pings;
}

/** Gives each frame to whom it is for. */
function takerOf({ calls, served, heard, pings }: Taking): (frame: Frame) => void {
  const messages = assembly();
  const whole = (frame: Frame, use: (message: Message) => void): void => {
    const message = messages.add(frame);
    if (message !== null) use(message);
  };
  return (frame) => {
    const { kind, id } = frame;
    if (kind === frameKinds.ping) pings.asked(id);
    else if (kind === frameKinds.pong) pings.answered(id);
    else if (kind === frameKinds.call) whole(frame, (message) => served.begin(id, message));
    else if (kind === frameKinds.cancel) whole(frame, (message) => served.cancel(id, message));
    else if (kind === frameKinds.answer) whole(frame, (message) => calls.answered(id, message));
    else if (kind === frameKinds.under) calls.underWay(id);
    else if (kind === frameKinds.note) whole(frame, ({ value }) => hear(heard, value));
    else if (kind !== frameKinds.hello && !calls.take(frame)) served.take(frame);
  };
}

function hear(heard: SessionOptions['heard'], told: unknown): void {
  const { name, value } = told as { readonly name: string; readonly value: unknown }; // as `note` told it
  heard(name, value);
}
