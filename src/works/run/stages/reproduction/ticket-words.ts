import type { Seed } from '../../../../core/packet/seed.ts';
import type { TicketWords } from '../../../inspection/reproduction/index.ts';

/** What a seed says in words. */
export function ticketWords(seed: Seed): TicketWords {
  if (seed.kind === 'ticket') return { text: `${seed.title}\n${seed.body}`, expected: seed.told.expected || null };
  return { text: seed.kind === 'task' ? `${seed.title}\n${seed.body}` : '', expected: null };
}
