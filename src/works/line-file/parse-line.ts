import { LineCounter, parseDocument } from 'yaml';
import { JidokaError } from '../../core/base/error.ts';
import { Line } from '../../core/line/line.ts';
import { type Complaint, complaintOf } from './complaint.ts';
import { houseRules } from './house-rules.ts';
import { offsetOf } from './offset.ts';
import { readPlain, tooMuch, type YamlFault } from './yaml-fault.ts';

/**
 * Reads the text of a line file. Throws `line-invalid` for the first thing that is wrong, as `file:line:column`
 * with what to write instead.
 *
 * @example
 * parseLine(text, 'lines/deps/line.yaml').stages[0].id; // 'applicability'
 */
export function parseLine(text: string, file: string): Line {
  const lines = new LineCounter();
  const complain = ({ offset, message, mend }: YamlFault): JidokaError => {
    const { line, col } = offset === 0 ? { line: 1, col: 1 } : lines.linePos(offset);
    return new JidokaError('line-invalid', `${file}:${line}:${col}: ${message}`, { mend, data: { file, line, column: col } });
  };

  const excess = tooMuch(text);
  if (excess !== null) throw complain(excess);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const plain = readPlain(document);
  if (plain.kind === 'fault') throw complain(plain.fault);
  const parsed = Line.safeParse(plain.value, { reportInput: true });
  const complaints = parsed.success ? houseRules(parsed.data) : parsed.error.issues.map(complaintOf);
  if (parsed.success && complaints.length === 0) return parsed.data;
  const placed = complaints.map((complaint) => ({ ...complaint, offset: offsetOf(document, complaint) }));
  const [first] = placed.toSorted((left, right) => rank(left) - rank(right) || left.offset - right.offset);
  throw complain(first ?? { offset: 0, message: 'This is not a line.', mend: 'See lines/deps/line.yaml.' });
}

/** A misspelt key is unknown and leaves another one missing: the first says it better. */
function rank({ at }: Complaint): number {
  return at === 'absence' ? 1 : 0;
}
