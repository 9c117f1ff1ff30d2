import { pktAt } from './pkt-line.ts';

/** Why a fetch is not handed to git, or null where it is. */
export function refusesFetch(request: Buffer, tips: ReadonlySet<string>): string | null {
  for (let at = 0; at < request.length;) {
    const read = pktAt(request, at);
    if (read.kind !== 'read') return 'the request of the fetch cannot be read';
    const line = read.pkt.kind === 'line' ? read.pkt.bytes.toString('latin1').replace(/\n$/, '') : '';
    const why = refusesLine(line, tips);
    if (why !== null) return why;
    at = read.next;
  }
  return null;
}

/** In its second version git gives any object that it has to whoever can name it, shown or not. */
function refusesLine(line: string, tips: ReadonlySet<string>): string | null {
  const [, command] = /^command=(.*)$/.exec(line) ?? [];
  if (command !== undefined && command !== 'ls-refs' && command !== 'fetch') return 'only refs and what they point to are given';
  if (line.startsWith('want-ref')) return 'only refs and what they point to are given';
  const [, wanted] = /^want[ \t]*([0-9a-fA-F]*)/.exec(line) ?? [];
  return wanted === undefined || tips.has(wanted.toLowerCase()) ? null : 'only what the refs of the repository point to now is given';
}
