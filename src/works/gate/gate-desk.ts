import { JidokaError } from '../../core/base/error.ts';
import { rule, type OpenedGate } from '../../core/gate/answer.ts';
import { parseRunId, type RunId } from '../../core/base/ids.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import type { GateDesk, GateReply, GateView } from '../../core/ports/factory.ts';
import { advanceRun, gateClosedKey, gateDigest, newEvents, RunInput, type RunNeeds } from '../run/index.ts';
import { gateView } from './gate-view.ts';

/** What stands at gates, and people's answers to it. */
export function gateDesk(open: () => Promise<RunNeeds>): GateDesk {
  return {
    open: async () => {
      const { ledger } = await open();
      const opened = await ledger.openGates();
      return await Promise.all(opened.map(async ({ run, body }) => gateView(gateOf(body), await ledger.read(run))));
    },
    show: async (text) => {
      const { gate, events } = await findGate(text, await open());
      return gateView(gate, events);
    },
    answer: async (text, reply) => await answerGate(text, reply, await open()),
  };
}

/** Takes an answer and lets the run go on, in one transaction: of two answers at once the second finds the gate closed. */
async function answerGate(text: string, reply: GateReply, needs: RunNeeds): Promise<GateView> {
  const { run, gate } = await findGate(text, needs);
  const work = await needs.engine.work(run);
  if (work === null) throw unknown(text);
  const input = RunInput.parse(work.input);
  const events = await needs.engine.transaction(async (tx) => {
    // Appending nothing takes the run's row: what is read next stays true until the answer is written.
    await needs.ledger.append(run, [], tx);
    const before = await needs.ledger.read(run, tx);
    const at = needs.clock.now();
    const digest = gateDigest(input.line, gate.stage, before, needs.sha256);
    const { choice, note, actor } = reply;
    const ruling = rule(
      { gate, digest, closed: closedHow(gate, before) },
      { choice, note, digest: reply.digest ?? gate.digest, actor, at },
    );
    if (ruling.kind === 'refused') throw new JidokaError('gate-refused', ruling.why, { mend: ruling.mend });
    const { stage, attempt } = gate;
    const body = {
      type: 'gate.answered',
      stage,
      attempt,
      gate: gate.gate,
      choice,
      note,
      digest: gate.digest,
      by: actor.name,
      role: ruling.role,
      at,
    } as const;
    await needs.ledger.append(run, newEvents([[gateClosedKey(stage, attempt), body]], at, actor.name), tx);
    await advanceRun(input, needs, tx);
    return await needs.ledger.read(run, tx);
  });
  return gateView(gate, events);
}

/** How a gate was closed, in words; null while it can be answered. */
function closedHow(gate: OpenedGate, events: readonly LedgerEvent[]): string | null {
  const { state, by } = gateView(gate, events);
  if (state === 'open') return null;
  if (state === 'left') return 'its run goes on without it';
  return by === '' ? `it is ${state}` : `${by} ${state} it`;
}

interface Found {
  readonly run: RunId;
  readonly gate: OpenedGate;
  readonly events: readonly LedgerEvent[];
}

/** The gate of an id, or the one open gate whose id begins with a text. */
async function findGate(text: string, { ledger }: RunNeeds): Promise<Found> {
  const run = parseRunId(text.split('/').slice(0, -2).join('/'));
  const events = await ledger.read(run);
  const exact = events.map(({ body }) => body).find((body) => body.type === 'gate.opened' && body.gate === text);
  if (exact?.type === 'gate.opened') return { run, gate: exact, events };
  const near = (await ledger.openGates()).filter(({ body }) => body.type === 'gate.opened' && body.gate.startsWith(text));
  const [only, ...others] = near;
  if (only === undefined) throw unknown(text);
  if (others.length > 0)
    throw new JidokaError(
      'gate-unknown',
      `"${text}" is the beginning of several gates: ${near.map(({ body }) => gateOf(body).gate).join(', ')}.`,
      {
        mend: 'Write more of the id.',
      },
    );
  return { run: only.run, gate: gateOf(only.body), events: await ledger.read(only.run) };
}

function gateOf(body: LedgerEvent['body']): OpenedGate {
  if (body.type === 'gate.opened') return body;
  throw new JidokaError('invariant', `An event of type ${body.type} is among the open gates.`, { mend: 'Report this as a bug of jidoka.' });
}

function unknown(text: string): JidokaError {
  return new JidokaError('gate-unknown', `No gate has the id "${text}", and no open gate begins with it.`, {
    mend: 'List the open gates: jidoka gates',
  });
}
