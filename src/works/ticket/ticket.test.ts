import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseDigest, type Sha256 } from '../../core/base/ids.ts';
import type { TicketSeed } from '../../core/packet/seed.ts';
import { judgeTicket, readTicket } from './index.ts';

const sha256: Sha256 = (content) => parseDigest(createHash('sha256').update(content).digest('hex'));
const read = (text: string) => readTicket(text, 'bug.md', sha256);
const judge = (text: string) => judgeTicket({ ...read(text) } as TicketSeed);

describe('a ticket', () => {
  it('is read as its author wrote it: its title, and the parts that it has headings for', () => {
    const ticket = read(
      '# Slugs lose letters\r\n\r\n**Version**: 1.2.0\n\n## Steps to reproduce\n```\nslug("é")\n## not a heading\n```\n\n### Expected behaviour\nIt gives e.\n\n### Actual behaviour\n_No response_\n',
    );
    expect(ticket).toMatchObject({
      title: 'Slugs lose letters',
      told: { version: '1.2.0', steps: '```\nslug("é")\n## not a heading\n```', expected: 'It gives e.', actual: '', component: null },
    });
  });

  it('is the same ticket whatever its white space and the case of its letters', () => {
    expect(read('# A b\n\nIt  breaks.').digest).toBe(read('A B\nit breaks.\n').digest);
    expect(read('# A b\n\nIt breaks.').digest).not.toBe(read('# A b\n\nIt brakes.').digest);
  });

  it.each([
    ['is empty', ' \n\t\n'],
    ['holds bytes that no text has', 'PK\u0003\u0004\u0000\u0000'],
    ['holds no words', '?!? 123\n---'],
    ['has 140000 characters', 'a'.repeat(140_000)],
  ])('that %s is refused', (why, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'ticket-invalid', message: expect.stringContaining(why) }));
  });

  it.each([
    ['German', '# Umlaute gehen verloren\n\nslug("Grün") liefert gr-n statt gruen, seit Version 2.'],
    ['Japanese', '# スラッグが壊れる\n\nアクセント付き文字が消えてしまいます。期待値は「creme」です。'],
    ['Arabic', '# الحروف تضيع\n\nعند استدعاء الدالة تختفي الحروف المشكلة من النتيجة'],
  ])('in %s goes on', (_, text) => {
    expect(judge(text)).toMatchObject({ kind: 'go' });
  });

  it('that says too little is a question', () => {
    expect(judge('# It is broken\n\nplease fix')).toMatchObject({ kind: 'question', code: 'missing-context' });
    expect(judge('# Broken\n\n## Actual\n<!-- say what happens -->\n\n## Expected\nThat the letters are kept.')).toMatchObject({
      kind: 'question',
      question: 'Please say what happens instead.',
    });
  });
});
