import type { Actor } from '../../gate/answer.ts';
import type { GateChoice } from '../../line/line.ts';

/** What stands at gates, and people's answers to it. */
export interface GateDesk {
  /** Open gates, oldest first. */
  open(): Promise<readonly GateView[]>;
  /** One gate, open or closed. Throws `gate-unknown`; a unique beginning of the id is enough. */
  show(gate: string): Promise<GateView>;
  /**
   * Answers a gate for a person; the run goes on where it stopped. Without a digest the answer is about what the
   * gate shows now. Throws `gate-refused` with why: closed, expired, wrong role, an agent, another digest.
   */
  answer(gate: string, answer: GateReply): Promise<GateView>;
}

export interface GateReply {
  readonly choice: GateChoice;
  readonly note: string;
  readonly digest: string | null;
  readonly actor: Actor;
}

export interface GateView {
  readonly gate: string;
  readonly run: string;
  readonly line: string;
  readonly title: string;
  readonly stage: string;
  readonly question: string;
  readonly digest: string;
  readonly roles: readonly string[];
  readonly choices: readonly GateChoice[];
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'answered' | 'expired' | 'left';
  /** Who closed it and what they said; '' while it is open. */
  readonly by: string;
  readonly note: string;
  /** What the stages before it came to: 'inspection: 14 checks made, none broken.' */
  readonly shown: readonly string[];
  /** Files of the change it is about. */
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
}
