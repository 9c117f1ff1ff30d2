import { type Document, LineCounter, parseDocument } from 'yaml';
import { excessOf } from '../../core/base/text-excess.ts';
import { misuseOf } from './misuse.ts';
import { offsetOf, type Pointer } from './offset.ts';

/** A place in a text; `line` and `column` count from 1. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What keeps a text from being read, and where; `offset` in characters. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
  readonly mend: string;
}

export type YamlRead =
  | { readonly kind: 'read'; readonly value: unknown; readonly placeOf: (pointer: Pointer) => Place }
  | { readonly kind: 'fault'; readonly place: Place; readonly message: string; readonly mend: string };

const beginning: Place = { offset: 0, line: 1, column: 1 };

/**
 * Reads YAML by whoever wrote it into plain objects, in time that does not run away whatever it holds: what is too
 * long, too deep, or repeats too much is a fault, and so is a key that is given twice.
 *
 * @example
 * readYaml('a: [1', 1000); // { kind: 'fault', place: { line: 1, column: 6, … }, message: 'This is not YAML: …', … }
 */
export function readYaml(text: string, charactersAllowed: number): YamlRead {
  // Lines are counted by the parser, which is not to see such a text.
  const excess = excessOf(text, charactersAllowed) ?? anchorsWithoutEnd(text);
  if (excess !== null) return { kind: 'fault', ...excess, place: beginning };
  const lines = new LineCounter();
  // The parser's own search for keys given twice takes 17 s for 40 000 keys.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const placeAt = (offset: number): Place => {
    if (offset === 0) return beginning;
    const { line, col } = lines.linePos(offset);
    return { offset, line, column: col };
  };
  const plain = readPlain(document);
  if (plain.kind === 'fault') return { kind: 'fault', ...plain.fault, place: placeAt(plain.fault.offset) };
  return { kind: 'read', value: plain.value, placeOf: (pointer) => placeAt(offsetOf(document, pointer)) };
}

/** The parser looks through all anchors for each; among shell scripts only `&` before a word counts as one. */
function anchorsWithoutEnd(text: string): YamlFault | null {
  const allowed = 1000;
  const found = text.match(/(?<![^\s[{,:-])&(?=[^\s&>])/g)?.length ?? 0;
  const mend = 'Write out what they stand for.';
  return found <= allowed ? null : { offset: 0, message: `It has ${found} anchors, more than ${allowed}.`, mend };
}

type Plain = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'fault'; readonly fault: YamlFault };

function readPlain(document: Document): Plain {
  const [syntax] = document.errors;
  const mend = 'Mend the YAML here; indentation is by spaces, and text with ": " or "#" needs quotes.';
  if (syntax !== undefined)
    return { kind: 'fault', fault: { offset: syntax.pos[0], message: `This is not YAML: ${syntax.message}.`, mend } };
  const misuse = misuseOf(document);
  if (misuse !== null) return { kind: 'fault', fault: misuse };
  try {
    return { kind: 'value', value: document.toJS() };
  } catch {
    // An alias of aliases, which grow without end.
    return {
      kind: 'fault',
      fault: { offset: 0, message: 'The aliases of this file repeat too much.', mend: 'Write out what they stand for.' },
    };
  }
}
