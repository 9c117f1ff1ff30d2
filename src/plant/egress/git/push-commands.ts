import type { Body } from '../body.ts';
import { pktAt, type Pkt } from './pkt-line.ts';

/** What a push wants of one ref. */
export interface PushCommand {
  readonly ref: string;
  readonly old: string;
  readonly new: string;
}

/** The list that a push begins with. */
export type PushList =
  | {
      readonly kind: 'list';
      readonly commands: readonly PushCommand[];
      /** What the client understands: 'report-status', 'side-band-64k'. */
      readonly capabilities: readonly string[];
      /** All bytes that were read: the list, and what came with it of the pack. */
      readonly head: Buffer;
    }
  | { readonly kind: 'invalid'; readonly why: string };

/** Bytes and commands of the longest list. */
const longestList = 256 * 1024;
const mostCommands = 100;

/**
 * Reads the list of a push, which git will read again from the same bytes. So that git can find nothing else in them, all
 * that the protocol leaves open is refused here: marks, signed lists, names that are not plain, lines that are no command.
 */
export async function readPushList(body: Body): Promise<PushList> {
  const commands: PushCommand[] = [];
  const capabilities: string[] = [];
  const reader = readerOf(body);
  for (;;) {
    const pkt = await reader.next();
    if (pkt === 'invalid') return invalid('the list of the push cannot be read');
    if (pkt === 'short') return invalid('the list of the push has no end');
    if (pkt.kind === 'flush') return { kind: 'list', commands, capabilities, head: reader.head() };
    const line = commandIn(pkt);
    if (line === null) return invalid('the list of the push has what is no plain command');
    if (line.command !== null) commands.push(line.command);
    capabilities.push(...line.capabilities);
    if (commands.length > mostCommands || reader.bytes() > longestList) return invalid(`a push changes at most ${mostCommands} refs`);
  }
}

/** Reads one piece of the protocol after another, and keeps every byte for git. */
function readerOf(body: Body) {
  const all: Buffer[] = [];
  let bytes = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    bytes: () => bytes,
    head: () => Buffer.concat(all),
    async next(): Promise<Pkt | 'short' | 'invalid'> {
      for (let read = pktAt(rest, 0); ; read = pktAt(rest, 0)) {
        if (read.kind === 'invalid') return 'invalid';
        if (read.kind === 'read') {
          rest = rest.subarray(read.next);
          return read.pkt;
        }
        // Joined once for a line, however small the pieces it comes in.
        const pieces = [rest];
        for (let missing = read.missing; missing > 0;) {
          const piece = await body.next();
          if (piece === null) return 'short';
          all.push(piece);
          pieces.push(piece);
          bytes += piece.length;
          missing -= piece.length;
        }
        rest = Buffer.concat(pieces);
      }
    },
  };
}

interface Line {
  /** Null for the edge of a shallow clone, which git checks. */
  readonly command: PushCommand | null;
  readonly capabilities: readonly string[];
}

const shallow = /^shallow [0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const command = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([!-~]{1,255})$/;

function commandIn(pkt: Pkt): Line | null {
  if (pkt.kind !== 'line') return null;
  const text = pkt.bytes.toString('latin1').replace(/\n$/, '');
  const end = text.indexOf('\0');
  const said = end < 0 ? text : text.slice(0, end);
  const capabilities =
    end < 0
      ? []
      : text
          .slice(end + 1)
          .trim()
          .split(' ');
  if (shallow.test(said)) return { command: null, capabilities };
  const [, old, next, ref] = command.exec(said) ?? [];
  return old === undefined || next === undefined || ref === undefined ? null : { command: { ref, old, new: next }, capabilities };
}

function invalid(why: string): PushList {
  return { kind: 'invalid', why };
}

/** Why a push may not change a ref, or null where it may. */
export function refusesRef(ref: string, prefix: string): string | null {
  const own = ref.startsWith(prefix) ? ref.slice(prefix.length) : '';
  const plain = /^[A-Za-z0-9_][\w.+@-]*(\/[A-Za-z0-9_][\w.+@-]*)*$/.test(own) && !/\.\.|@\{|\.lock(\/|$)|\.(\/|$)/.test(own);
  return plain ? null : `only refs below ${prefix} may be pushed`;
}
