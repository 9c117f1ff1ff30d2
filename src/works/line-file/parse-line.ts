import type { Complaint } from '../../core/base/complaint.ts';
import { JidokaError } from '../../core/base/error.ts';
import { Line } from '../../core/line/line.ts';
import { complaintOf, readYaml } from '../yaml/index.ts';
import { houseRules } from './house-rules.ts';
import type { SkillFile } from './laid-in/read-skill.ts';
import { withRoles, type RoleFile } from './laid-in/with-roles.ts';

const charactersAllowed = 256 * 1024;
const lineFile = { schema: Line, noun: 'the line', example: 'lines/deps/line.yaml' };

/**
 * Reads the text of a line file, with the roles that its stages name laid in from the files beside it. Throws `line-invalid` for the first thing that is wrong, as `file:line:column`
 * with what to write instead.
 *
 * @example
 * parseLine(text, 'lines/deps/line.yaml').stages[0].id; // 'applicability'
 */
export function parseLine(text: string, file: string, roles: readonly RoleFile[] = [], skills: readonly SkillFile[] = []): Line {
  const yaml = readYaml(text, charactersAllowed);
  if (yaml.kind === 'fault') throw fault(file, yaml);
  const parsed = Line.safeParse(yaml.value, { reportInput: true });
  const line = parsed.success ? withRoles(parsed.data, roles, skills) : null;
  const complaints = line !== null ? houseRules(line) : (parsed.error?.issues ?? []).map((issue) => complaintOf(issue, lineFile));
  if (line !== null && complaints.length === 0) return line;
  const placed = complaints.map((complaint) => ({ ...complaint, place: yaml.placeOf(complaint) }));
  const [first] = placed.toSorted((left, right) => rank(left) - rank(right) || left.place.offset - right.place.offset);
  throw fault(file, first ?? { place: { line: 1, column: 1 }, message: 'This is not a line.', mend: 'See lines/deps/line.yaml.' });
}

interface Placed {
  readonly place: { readonly line: number; readonly column: number };
  readonly message: string;
  readonly mend: string;
}

function fault(file: string, { place: { line, column }, message, mend }: Placed): JidokaError {
  return new JidokaError('line-invalid', `${file}:${line}:${column}: ${message}`, { mend, data: { file, line, column } });
}

/** A misspelt key is unknown and leaves another one missing: the first says it better. */
function rank({ at }: Complaint): number {
  return at === 'absence' ? 1 : 0;
}
