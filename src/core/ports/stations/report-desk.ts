import type { TaskPacket } from '../../packet/packet.ts';
import type { Report, ReportForm } from '../../station/report.ts';

/** Takes the reports of stations, over the way out of their workspaces. */
export interface ReportDesk {
  /** From now on the station in this workspace may hand in one report. A desk of the same job that is open is closed. */
  open(order: DeskOrder): OpenDesk;
}

export interface DeskOrder {
  /** Name of the workspace: whoever comes through its socket is its station. */
  readonly job: string;
  readonly form: ReportForm;
  /** Tells which no-op rules there are. */
  readonly packet: Pick<TaskPacket, 'noOpRules'>;
  /** Told of each report as it comes: the first that is accepted counts, and nothing after it. */
  readonly told: (word: DeskWord) => void;
}

export type DeskWord =
  | { readonly kind: 'accepted'; readonly report: Report }
  /** What is wrong with it was said to the station, which may hand in another. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It came after another was accepted. */
  | { readonly kind: 'late'; readonly report: unknown };

export interface OpenDesk {
  /** The report that was accepted; null as long as there is none. */
  report(): Report | null;
  /** What comes from now on is answered with a fault. */
  close(): void;
}

/** Answers a message of the Model Context Protocol that came out of a workspace; null for a message that has no answer. */
export interface ToolDesk {
  answer(job: string, message: unknown): Promise<unknown>;
}
