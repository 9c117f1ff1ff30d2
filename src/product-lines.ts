import type { Line } from './core/line/line.ts';
import type { LineFile } from './core/ports/factory.ts';
import { builtInLine } from './shipped.ts';
import { parseLine, withoutUnnamed } from './works/line-file/index.ts';

/** Lines that come with jidoka. */
const shippedLines = ['deps', 'cve', 'bug', 'review', 'flaky'] as const;

/**
 * The product lines that come with jidoka, and those of files, as they are worked where nobody names another station; a file
 * takes the place of a line of its name. Throws `line-invalid`.
 *
 * @example
 * (await productLines([])).map(({ name }) => name); // ['deps', 'cve', 'bug', 'review', 'flaky']
 */
export async function productLines(files: readonly LineFile[]): Promise<readonly Line[]> {
  const shipped = await Promise.all(shippedLines.map(builtInLine));
  const lines = [...shipped, ...files].map(({ path, text, roles, skills }: LineFile) =>
    withoutUnnamed(parseLine(text, path, roles, skills)),
  );
  return [...new Map(lines.map((line) => [line.name, line])).values()];
}
