import type { WorkspaceFiles } from '../../core/ports/floor.ts';
import type { ReportForm } from '../../core/station/report.ts';
import { fenced, inLine } from './markdown.ts';

/** What a station is shown of a tree that it cannot look into. */
export interface SeenTree {
  readonly paths: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** Paths that are listed, and characters of files that are shown, of all together and of the longest. */
const most = { paths: 400, all: 40_000, one: 16_000 };

/**
 * Looks into a tree for a station that cannot: at its paths, and, but for a classification, at the files that its order
 * speaks of, by their paths or their names.
 */
export async function lookIntoTree(files: WorkspaceFiles, form: ReportForm, order: string): Promise<SeenTree> {
  const all = await files.list('');
  const folders = new Set(all.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  const paths = all.filter((path) => !folders.has(path) && !path.startsWith('.git/') && path !== '.git');
  if (form === 'classification') return { paths, files: [] };
  const shown: { path: string; content: string }[] = [];
  let room = most.all;
  for (const path of paths.filter((one) => isNamed(one, order))) {
    const content = await files.read(path).catch(() => null); // what is refused is not shown
    if (content === null || content.includes('\0') || content.length > Math.min(room, most.one)) continue;
    shown.push({ path, content });
    room -= content.length;
  }
  return { paths, files: shown };
}

/** By its path, or by its name where that says something: `slug` of `src/slug.js`, and no `index`. */
function isNamed(path: string, order: string): boolean {
  if (order.includes(path)) return true;
  const name = (path.split('/').at(-1) ?? '').replace(/\..*$/, '');
  return (
    name.length > 2 && !/^(index|main|test|readme|package|licen[cs]e)$/i.test(name) && new RegExp(`\\b${escaped(name)}\\b`).test(order)
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** The same in Markdown; it says what is not shown. */
export function treeWords({ paths, files }: SeenTree): string {
  const listed = paths.slice(0, most.paths).map(inLine).join('\n');
  const more = paths.length > most.paths ? [`${paths.length - most.paths} more are not listed.`] : [];
  const shown = files.flatMap(({ path, content }) => [`\`${inLine(path)}\`:`, fenced(content, 'text')]);
  const none = files.length === 0 ? ['No file is shown.'] : ['Of these you are shown those that the order speaks of, and no others:'];
  return ['# The repository', 'You cannot look into it. Its files:', fenced(listed, 'text'), ...more, ...none, ...shown].join('\n\n');
}
