import { seedKey, type Sha256 } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type { DependencyScope, RepositorySnapshot, TicketSeed } from '../../core/packet/seed.ts';
import type { RunRequest } from '../../core/ports/factory.ts';
import { readTicket } from '../ticket/index.ts';
import { slug } from './task-seed.ts';

type Subject = Extract<RunRequest['subject'], { kind: 'ticket' }>;

interface Asked {
  readonly line: Line;
  readonly scope: DependencyScope;
  readonly actor: string;
  readonly sha256: Sha256;
}

/**
 * Makes the seed of a ticket. Whoever asks, its words are a stranger's. Without a key of its own its title names it, and
 * a digest, for two tickets may have one title. Throws `ticket-invalid`.
 */
export function ticketSeed(
  { key, source, text }: Subject,
  repository: RepositorySnapshot,
  { line, scope, actor, sha256 }: Asked,
): TicketSeed {
  const ticket = readTicket(text, source, sha256);
  const named = key ?? [slug(ticket.title).slice(0, 40), ticket.digest.slice(0, 6)].filter((part) => part !== '').join('-');
  const common = { line: line.name, key: seedKey([named]), repository, scope, actor, trusted: false };
  return { ...common, kind: 'ticket', source, ...ticket };
}
