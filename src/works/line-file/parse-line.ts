import { LineCounter, parseDocument } from 'yaml';
import { JidokaError } from '../../core/base/error.ts';
import { Line } from '../../core/line/line.ts';
import { type Complaint, complaintOf } from './complaint.ts';
import { houseRules } from './house-rules.ts';
import { offsetOf } from './offset.ts';

/**
 * Reads the text of a line file. Throws `line-invalid` for the first thing that is wrong, as `file:line:column`
 * with what to write instead.
 *
 * @example
 * parseLine(text, 'lines/deps/line.yaml').stages[0].id; // 'applicability'
 */
export function parseLine(text: string, file: string): Line {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const complain = (offset: number, { message, mend }: Pick<Complaint, 'message' | 'mend'>): JidokaError => {
    const { line, col } = lines.linePos(offset);
    return new JidokaError('line-invalid', `${file}:${line}:${col}: ${message}`, { mend, data: { file, line, column: col } });
  };

  const [syntax] = document.errors;
  if (syntax !== undefined) throw complain(syntax.pos[0], syntaxComplaint(syntax.code, syntax.message));
  const parsed = Line.safeParse(document.toJS(), { reportInput: true });
  const complaints = parsed.success ? houseRules(parsed.data) : parsed.error.issues.map(complaintOf);
  if (parsed.success && complaints.length === 0) return parsed.data;
  const placed = complaints.map((complaint) => ({ complaint, offset: offsetOf(document, complaint) }));
  const [first] = placed.toSorted((left, right) => rank(left.complaint) - rank(right.complaint) || left.offset - right.offset);
  throw complain(first?.offset ?? 0, first?.complaint ?? { message: 'This is not a line.', mend: 'See lines/deps/line.yaml.' });
}

/** A misspelt key is unknown and leaves another one missing: the first says it better. */
function rank({ at }: Complaint): number {
  return at === 'absence' ? 1 : 0;
}

function syntaxComplaint(code: string, message: string): Pick<Complaint, 'message' | 'mend'> {
  if (code === 'DUPLICATE_KEY') return { message: 'This key is already given above.', mend: 'Keep one of the two.' };
  return {
    message: `This is not YAML: ${message}.`,
    mend: 'Mend the YAML here; indentation is by spaces, and text with ": " or "#" needs quotes.',
  };
}
