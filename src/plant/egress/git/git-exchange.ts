import type { GitCapability, GitRepository } from '../../../core/ports/egress.ts';
import { say, type Exchange } from '../exchange.ts';
import type { EgressLimits } from '../limits.ts';
import type { Patience } from '../patience.ts';
import type { Refuse } from '../refusals.ts';
import type { Turns } from '../turns.ts';
import type { Seen } from './look-at.ts';
import type { ServiceEnd, ServiceOrder } from './git-server.ts';

/** The repository behind one workspace's socket. */
export interface GitGate {
  readonly job: string;
  readonly repositories: GitCapability | null;
  readonly path: string;
  readonly limits: EgressLimits;
  readonly refuse: Refuse;
  /** Exchanges at once: each is some processes of the host. */
  readonly turns: Turns;
  /** What was pushed so far. */
  readonly pushed: { bytes: number };
}

/** One exchange with the repository of the job. */
export interface GitExchange {
  readonly gate: GitGate;
  readonly exchange: Exchange;
  readonly repository: GitRepository;
  readonly seen: Extract<Seen, { readonly kind: 'fit' }>;
  readonly order: ServiceOrder;
  readonly patience: Patience;
}

/** Says that git failed where nothing was said yet. What it said itself may name places of the host: the factory is told. */
export function tellEnd({ gate, exchange, patience }: GitExchange, { begun, code, stderr }: ServiceEnd): void {
  if (code === 0 || exchange.response.destroyed) return;
  const { method = '', url = '' } = exchange.request;
  const words = stderr.trim().split('\n').at(-1) ?? '';
  gate.refuse(method, url, patience.signal.aborted ? 'git took too long' : `git failed (${code ?? 'ended'}): ${words.slice(0, 300)}`);
  if (!begun) say(exchange, patience.signal.aborted ? 504 : 502, "jidoka's egress could not do this with the repository.");
}
