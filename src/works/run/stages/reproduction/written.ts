import type { Workspace } from '../../../../core/ports/floor.ts';
import type { Change } from '../../../../core/ports/forge.ts';
import { protectedPath } from '../../../inspection/sealed/index.ts';
import { readPatch } from '../../../inspection/scope/index.ts';
import { scanTamper, tamperFact } from '../../../inspection/tamper/index.ts';
import type { TestFile } from '../../../inspection/reproduction/index.ts';

/** Of what a station left, what is taken as its tests, and what stands against them. */
export interface Written {
  readonly files: readonly TestFile[];
  /** Changed paths that are not taken, with the reason. */
  readonly left: readonly string[];
  readonly objection: { readonly code: string; readonly why: string } | null;
}

const longestFile = 200_000;

/** Takes the files that a report names, where they are new test files and nothing else; all other changes are left. */
export async function writtenTests(named: readonly string[], harvested: Change, workspace: Pick<Workspace, 'files'>): Promise<Written> {
  const wanted = new Set(named.map((path) => path.replace(/^\.\//, '')));
  const patched = readPatch(harvested.patch);
  const files: TestFile[] = [];
  const left: string[] = [];
  for (const { path, status } of harvested.files) {
    const mode = patched.find((file) => file.path === path)?.newMode ?? '100644';
    const content = wanted.has(path) ? await workspace.files.read(path).catch(() => null) : null;
    const why = !wanted.has(path)
      ? 'not named as a test of the reproduction'
      : status !== 'added'
        ? 'a file of the base was changed'
        : protectedPath(path, null) !== 'test'
          ? 'no path of a test'
          : mode.startsWith('100') && content !== null && content.length <= longestFile
            ? null
            : 'no readable file';
    if (why === null && content !== null) files.push({ path, content });
    else left.push(`${path} (${why ?? 'unreadable'})`);
  }
  return { files, left, objection: objectionTo(files, wanted, { left, patched }) };
}

function objectionTo(
  files: readonly TestFile[],
  wanted: ReadonlySet<string>,
  { left, patched }: { readonly left: readonly string[]; readonly patched: ReturnType<typeof readPatch> },
): Written['objection'] {
  const absent = [...wanted].filter((path) => !files.some((file) => file.path === path));
  if (absent.length > 0) {
    const why = absent.map((path) => left.find((entry) => entry.startsWith(`${path} (`)) ?? `${path} (not there)`);
    return { code: 'no-reproduction', why: `the report names ${why.join(', ')}` };
  }
  const after = new Map(files.map(({ path, content }) => [path, content]));
  const scan = scanTamper({ before: new Map(), after, files: patched.filter(({ path }) => after.has(path)) });
  const tamper = tamperFact(scan);
  return tamper.outcome === 'broken' ? { code: 'tampered', why: tamper.summary } : null;
}
