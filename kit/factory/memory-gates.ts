import { JidokaError } from '../../src/core/base/error.ts';
import { rule, type OpenedGate } from '../../src/core/gate/answer.ts';
import type { EventBody } from '../../src/core/evidence/event.ts';
import type { GateDesk, GateReply, GateView } from '../../src/core/ports/factory.ts';

/** How a gate was closed, as the ledger would hold it; null where its run left it behind. */
export type GateClosing = Extract<EventBody, { type: 'gate.answered' | 'gate.expired' }> | null;

export interface NewGate {
  readonly opened: OpenedGate;
  readonly run: string;
  readonly line: string;
  readonly title: string;
  /** Called once, when somebody or something closes it. */
  readonly onClose: (closing: GateClosing) => void;
}

interface Kept extends NewGate {
  view: GateView;
}

/** Gates that live in this process; the rules of the factory say which answers they take. */
export class MemoryGates implements GateDesk {
  readonly #gates = new Map<string, Kept>();
  readonly #now: () => string;

  constructor(now: () => string) {
    this.#now = now;
  }

  begin(gate: NewGate): void {
    this.#gates.set(gate.opened.gate, { ...gate, view: viewOf(gate) });
  }

  async open(): Promise<readonly GateView[]> {
    return [...this.#gates.values()].map(({ view }) => view).filter(({ state }) => state === 'open');
  }

  async show(gate: string): Promise<GateView> {
    return this.#find(gate).view;
  }

  async answer(gate: string, { choice, note, digest, actor }: GateReply): Promise<GateView> {
    const kept = this.#find(gate);
    const { opened, view } = kept;
    const at = this.#now();
    const closed = view.state === 'open' ? null : `${view.state} by ${view.by}`;
    const ruling = rule({ gate: opened, digest: opened.digest, closed }, { choice, note, digest: digest ?? opened.digest, actor, at });
    if (ruling.kind === 'refused') throw new JidokaError('gate-refused', ruling.why, { mend: ruling.mend });
    kept.view = { ...view, state: states[choice], by: actor.name, note };
    const { stage, attempt } = opened;
    const about = { stage, attempt, gate: opened.gate, digest: opened.digest };
    kept.onClose({ type: 'gate.answered', ...about, choice, note, by: actor.name, role: ruling.role, at });
    return kept.view;
  }

  /** Closes the gates whose time is over. */
  expire(): void {
    const at = this.#now();
    for (const kept of this.#gates.values()) {
      const { stage, attempt, gate, expiresAt } = kept.opened;
      if (kept.view.state !== 'open' || at < expiresAt) continue;
      kept.view = { ...kept.view, state: 'expired', by: 'factory' };
      kept.onClose({ type: 'gate.expired', stage, attempt, gate, at });
    }
  }

  /** Closes the open gates of a run that ended otherwise. */
  leave(run: string): void {
    for (const kept of this.#gates.values()) {
      if (kept.run !== run || kept.view.state !== 'open') continue;
      kept.view = { ...kept.view, state: 'left', by: 'factory' };
      kept.onClose(null);
    }
  }

  #find(id: string): Kept {
    const exact = this.#gates.get(id);
    const [only, another] = [...this.#gates].filter(([gate]) => gate.startsWith(id)).map(([, kept]) => kept);
    if (exact !== undefined) return exact;
    if (id !== '' && only !== undefined && another === undefined) return only;
    throw new JidokaError('gate-unknown', `No gate ${id} was ever opened.`, { mend: 'List the open gates: jidoka gates' });
  }
}

const states = { approve: 'approved', reject: 'rejected', answer: 'answered' } as const;

function viewOf({ opened, run, line, title }: NewGate): GateView {
  const { type: _type, attempt: _attempt, ...shown } = opened;
  const files = [{ path: 'package.json', added: 1, removed: 1 }];
  return { ...shown, run, line, title, state: 'open', by: '', note: '', shown: ['inspection: 14 checks made, none broken.'], files };
}
