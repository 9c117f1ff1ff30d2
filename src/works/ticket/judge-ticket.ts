import type { TicketSeed } from '../../core/packet/seed.ts';
import type { Judgement } from '../intake/index.ts';
import { withoutFiller } from './read-ticket.ts';

/** So many letters and digits say something in any script. */
const fewestLetters = 12;

const asked: Readonly<Record<keyof TicketSeed['told'], string>> = {
  component: 'which part it is about',
  version: 'which version it happens in',
  expected: 'what should happen',
  actual: 'what happens instead',
  steps: 'how it is brought about',
};

/** Says whether a ticket has what the job cannot do without, from its words alone. */
export function judgeTicket({
  body,
  told,
  title,
}: TicketSeed): Extract<Judgement, { kind: 'question' }> | { readonly kind: 'go'; readonly attached: readonly string[] } {
  const said = withoutFiller(body.replaceAll(/^#{1,6}\s.*$/gm, ''));
  const missing = letters(said) < fewestLetters ? ['what happens, and what should happen instead'] : leftEmpty(told);
  if (missing.length === 0) {
    const parts = Object.entries(told).flatMap(([part, text]) => (text === null || text === '' ? [] : [part]));
    return { kind: 'go', attached: [`the ticket "${title}" says what happens`, ...parts.map((part) => `it has a part "${part}"`)] };
  }
  return {
    kind: 'question',
    code: 'missing-context',
    summary: `The ticket does not say ${missing.join(', nor ')}.`,
    question: `Please say ${missing.join(', and ')}.`,
  };
}

/** What its own template asks for and its author left out, of what the job needs. */
function leftEmpty(told: TicketSeed['told']): readonly string[] {
  const needed = ['expected', 'actual', 'steps'] as const;
  return needed.filter((part) => told[part] === '').map((part) => asked[part]);
}

function letters(text: string): number {
  return (text.match(/[\p{L}\p{N}]/gu) ?? []).length;
}
