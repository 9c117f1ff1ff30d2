import { JidokaError } from '../../core/base/error.ts';
import type { Digest, Sha256 } from '../../core/base/ids.ts';
import type { TicketSeed } from '../../core/packet/seed.ts';

/** What a ticket says, as far as it says so under headings that are known. */
export type Ticket = Pick<TicketSeed, 'title' | 'body' | 'told' | 'digest'>;

const charactersAllowed = 128 * 1024;
const titleLength = 200;

/**
 * Reads a ticket as its author wrote it, in whatever language. Nothing in it is obeyed: it is text.
 * Throws `ticket-invalid` for what is empty, too long or no text.
 *
 * @example
 * readTicket('# It crashes\n\n## Expected\nIt does not.', 'bug.md', sha256).told.expected; // 'It does not.'
 */
export function readTicket(text: string, source: string, sha256: Sha256): Ticket {
  const clean = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .trim();
  refuse(clean, source);
  const [first = '', ...rest] = clean.split('\n');
  const title = plainLine(first).slice(0, titleLength);
  const body = rest.join('\n').trim();
  return { title, body, told: toldIn(body), digest: digestOf(title, body, sha256) };
}

function refuse(text: string, source: string): void {
  const mend = 'Give the words of the ticket as UTF-8 text or Markdown: a title in the first line, then what happens and what should.';
  const fault = (message: string): JidokaError => new JidokaError('ticket-invalid', `The ticket ${source} ${message}.`, { mend });
  if (text === '') throw fault('is empty');
  if (text.length > charactersAllowed) throw fault(`has ${text.length} characters, more than ${charactersAllowed}`);
  if (/[\u0000-\u0008\u000E-\u001F]|\uFFFD{2}/.test(text)) throw fault('is no text: it holds bytes that no text has');
  if (!/\p{L}/u.test(text)) throw fault('holds no words');
}

/** Without the marks of Markdown, and without what would be invisible. */
function plainLine(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}|[-*>])\s+/, '')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
}

function digestOf(title: string, body: string, sha256: Sha256): Digest {
  return sha256(`${title}\n${body}`.toLowerCase().replaceAll(/\s+/g, ' ').trim());
}

/** Headings under which trackers ask for the parts of a report; the first word that fits decides. */
const headings: readonly (readonly [keyof Ticket['told'], RegExp])[] = [
  ['steps', /\b(?:steps|reproduc\w*|schritte)\b/i],
  ['expected', /\b(?:expected|expectation|should|erwartet\w*|attendu\w*|esperado)\b/i],
  ['actual', /\b(?:actual\w*|current|observed|happens|happened|instead|tatsächlich\w*|obtenu\w*)\b/i],
  ['version', /\b(?:version\w*|environment|umgebung)\b/i],
  ['component', /\b(?:component|module|package|area|komponente)\b/i],
];

function toldIn(body: string): Ticket['told'] {
  const told: Record<keyof Ticket['told'], string | null> = { component: null, version: null, expected: null, actual: null, steps: null };
  for (const { heading, text } of sectionsOf(body)) {
    const part = headings.find(([, words]) => words.test(heading))?.[0];
    if (part !== undefined) told[part] ??= withoutFiller(text);
  }
  return told;
}

interface Section {
  readonly heading: string;
  readonly text: string;
}

/** `## Expected`, `**Expected behaviour**`, `Expected: it works`; what stands in a fence is no heading. */
const headingLine = /^(?:#{1,6}\s+(.{1,80}?)\s*#*|\*\*(.{1,80}?)\*\*:?|([\p{L}][\p{L} ]{2,40}):)\s*$/u;
const labelLine = /^(?:\*\*)?([\p{L}][\p{L} ]{2,40}?)(?:\*\*)?:(?:\*\*)?\s+(\S.*)$/u;

function sectionsOf(body: string): readonly Section[] {
  const sections: { heading: string; lines: string[] }[] = [];
  let fenced = false;
  for (const line of body.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    const [, hashes, bold, label] = (fenced ? null : headingLine.exec(line)) ?? [];
    const [, own, said] = (fenced ? null : labelLine.exec(line)) ?? [];
    const heading = hashes ?? bold ?? label;
    if (heading !== undefined) sections.push({ heading, lines: [] });
    else if (own !== undefined && said !== undefined && headings.some(([, words]) => words.test(own)))
      sections.push({ heading: own, lines: [said] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ heading, lines }) => ({ heading, text: lines.join('\n') }));
}

/** What templates leave where nobody wrote anything. */
export function withoutFiller(text: string): string {
  return text
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/^\s*(?:_no response_|n\/a|none|todo|tbd|-|\.\.\.|…)\s*$/gim, '')
    .trim();
}
