import { type Document, visit } from 'yaml';
import { excessOf, type TextExcess } from '../../core/base/text-excess.ts';

/** What keeps a text from being YAML that a line can be read from, and where. */
export type YamlFault = TextExcess;

export type Plain = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'fault'; readonly fault: YamlFault };

const charactersAllowed = 256 * 1024;

/** Refuses what is too big or too deep to be a line. */
export function tooMuch(text: string): YamlFault | null {
  const excess = excessOf(text, charactersAllowed);
  // Lines are counted by the parser, which is not to see it.
  return excess === null ? null : { ...excess, offset: 0 };
}

/** The document's value in plain objects. */
export function readPlain(document: Document): Plain {
  const [syntax] = document.errors;
  if (syntax !== undefined) return { kind: 'fault', fault: { offset: syntax.pos[0], ...syntaxFault(syntax.code, syntax.message) } };
  const alias = endless(document);
  if (alias !== null) return { kind: 'fault', fault: alias };
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

function syntaxFault(code: string, message: string): Pick<YamlFault, 'message' | 'mend'> {
  if (code === 'DUPLICATE_KEY') return { message: 'This key is already given above.', mend: 'Keep one of the two.' };
  return {
    message: `This is not YAML: ${message}.`,
    mend: 'Mend the YAML here; indentation is by spaces, and text with ": " or "#" needs quotes.',
  };
}

/** An alias that stands for nothing, or inside of what it stands for. */
function endless(document: Document): YamlFault | null {
  let found: YamlFault | null = null;
  visit(document, {
    Alias(_, alias, path) {
      const meant = alias.resolve(document);
      if (meant !== undefined && !path.includes(meant)) return undefined;
      const message =
        meant === undefined ? `"*${alias.source}" stands for nothing above.` : `"*${alias.source}" stands inside of what it stands for.`;
      found = {
        offset: alias.range?.[0] ?? 0,
        message,
        mend: 'Write out what it is to stand for; text that begins with "*" needs quotes.',
      };
      return visit.BREAK;
    },
  });
  return found;
}
