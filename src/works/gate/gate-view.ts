import type { OpenedGate } from '../../core/gate/answer.ts';
import type { EventBody, LedgerEvent } from '../../core/evidence/event.ts';
import { find } from '../../core/evidence/run-result.ts';
import { standing } from '../../core/evidence/standing.ts';
import { fold } from '../../core/line/state.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { GateView } from '../../core/ports/factory.ts';

/** Shows a gate from the events of its run: what is asked, what it is about, and what became of it. */
export function gateView(gate: OpenedGate, events: readonly LedgerEvent[]): GateView {
  const started = find(events, 'run.started');
  const bodies = events.map(({ body }) => body);
  const openedAt = bodies.findIndex((body) => body.type === 'gate.opened' && body.gate === gate.gate);
  const before = standing(events.slice(0, openedAt)).map(({ body }) => body);
  const { stage, question, digest, roles, choices, expiresAt } = gate;
  return {
    gate: gate.gate,
    run: gate.gate.split('/').slice(0, -2).join('/'),
    line: started?.line.name ?? '',
    title: started === undefined ? '' : seedTitle(started.seed),
    stage,
    question,
    digest,
    roles,
    choices,
    openedAt: gate.openedAt,
    expiresAt,
    ...closing(gate, bodies),
    shown: [...fold(before).results.values()].map((result) => `${result.stage}: ${result.summary}`),
    files: before.flatMap((body) => (body.type === 'change.harvested' ? [body.files] : [])).at(-1) ?? [],
  };
}

function closing({ gate, stage }: OpenedGate, bodies: readonly EventBody[]): Pick<GateView, 'state' | 'by' | 'note'> {
  const answer = bodies.find((body) => body.type === 'gate.answered' && body.gate === gate);
  if (answer?.type === 'gate.answered') {
    const state = ({ approve: 'approved', reject: 'rejected', answer: 'answered' } as const)[answer.choice];
    return { state, by: answer.by, note: answer.note };
  }
  if (bodies.some((body) => body.type === 'gate.expired' && body.gate === gate)) return { state: 'expired', by: '', note: '' };
  const { waiting, cancelled, verdict } = fold(bodies);
  const wait = waiting.get(stage);
  const isOpen = wait?.kind === 'gate' && wait.gate === gate && !cancelled && verdict === null;
  return { state: isOpen ? 'open' : 'left', by: '', note: '' };
}
