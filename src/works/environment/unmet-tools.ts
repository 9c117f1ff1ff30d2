import { parse, satisfies, validRange } from 'semver';
import type { EnvironmentSpec } from '../../core/environment/environment-spec.ts';
import type { FloorProbe } from '../../core/ports/floor.ts';

/** A tool that a floor does not have in the version asked for. */
export interface UnmetTool {
  readonly tool: string;
  readonly asked: string;
  /** Version of the floor; null where the floor does not say which it has. */
  readonly found: string | null;
  /** A sentence with both, for people. */
  readonly why: string;
}

/** Long-term lines of Node.js by name. */
const longTermNames: Readonly<Record<string, number>> = {
  argon: 4,
  boron: 6,
  carbon: 8,
  dubnium: 10,
  erbium: 12,
  fermium: 14,
  gallium: 16,
  hydrogen: 18,
  iron: 20,
  jod: 22,
  krypton: 24,
};

/** Words that ask for whatever is there, or for what only their maker knows at the time. */
const anyVersion = /^(?:\*|x|latest|node|current|stable|system|default)$/i;

/**
 * Says which of the tools asked for a floor does not have: other versions, versions that cannot be compared, and tools of
 * which the floor says nothing. `lts/*` and its like are met by any long-term line, as which is newest is not known here.
 *
 * @example
 * unmetTools({ node: '22' }, { node: 'v20.11.0', npm: '10.2.4' })[0]?.why; // 'node 22 is asked for, and the floor has v20.11.0.'
 */
export function unmetTools(tools: EnvironmentSpec['tools'], floor: Pick<FloorProbe, 'node' | 'npm'>): readonly UnmetTool[] {
  const versions: Readonly<Record<string, string>> = { node: floor.node, npm: floor.npm };
  return Object.entries(tools).flatMap(([tool, asked]) => {
    const found = Object.hasOwn(versions, tool) ? (versions[tool] ?? null) : null;
    const why = found === null ? `${tool} ${asked} is asked for, and the floor does not say which it has.` : whyUnmet(tool, asked, found);
    return why === null ? [] : [{ tool, asked, found, why }];
  });
}

function whyUnmet(tool: string, asked: string, found: string): string | null {
  const version = parse(found.trim());
  if (version === null) return `${tool} ${asked} is asked for, and the floor says only "${found}".`;
  const range = rangeOf(tool, asked.trim());
  if (range === null) return `${tool} ${asked} is asked for, which is no version that can be compared; the floor has ${found}.`;
  return satisfies(version, range) ? null : `${tool} ${asked} is asked for, and the floor has ${found}.`;
}

/** The range of versions that is meant; null where nobody can say. */
function rangeOf(tool: string, asked: string): string | null {
  if (anyVersion.test(asked)) return '*';
  const [, line] = (tool === 'node' ? /^lts(?:[/-](.+))?$/i.exec(asked) : null) ?? [];
  if (tool === 'node' && /^lts\b/i.test(asked)) return longTerm(line ?? '*');
  return validRange(asked.replace(/^prefix:/, ''));
}

function longTerm(line: string): string | null {
  // 'lts/-1' counts back from the newest.
  if (line === '*' || /^-?\d+$/.test(line)) return Object.values(longTermNames).map(String).join(' || ');
  const name = line.toLowerCase();
  return Object.hasOwn(longTermNames, name) ? String(longTermNames[name]) : null;
}
