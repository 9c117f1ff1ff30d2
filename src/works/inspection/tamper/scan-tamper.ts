import type { Finding } from '../../../core/evidence/fact.ts';
import { protectedPath } from '../sealed/index.ts';
import type { PatchFile } from '../scope/index.ts';
import { compareTests } from './compare-tests.ts';
import { finding } from './finding.ts';
import { scanLock, scanManifest } from './scan-manifest.ts';
import { scanPaths } from './scan-paths.ts';
import { newSightings, sightingsIn } from './scan-source.ts';
import { answersByShape, answersIn, specialCases, telling } from './special/index.ts';
import { hasErrors, languageOf, parseScript } from './syntax.ts';
import type { Node } from './syntax.ts';
import { testsOf } from './test-cases.ts';
import type { TestFile } from './test-cases.ts';

/** A change with the contents that it changed. */
export interface TamperInput {
  /** Text of each changed file before the change, by path; a file that is new is not in it. */
  readonly before: ReadonlyMap<string, string>;
  /** Text of each changed file after the change; a file that is gone is not in it. */
  readonly after: ReadonlyMap<string, string>;
  /** Every file of the patch, so that none can stay unseen. */
  readonly files: readonly PatchFile[];
  /** Test files that were not changed, where known: their values tell special cases in the source. */
  readonly tests?: ReadonlyMap<string, string>;
}

export interface TamperScan {
  readonly findings: readonly Finding[];
  readonly filesScanned: number;
  /** Changed files that should have been read and could not be; the scan says nothing of them. */
  readonly unread: readonly string[];
}

/**
 * Looks through a change for weakened tests and for code that works against the tests. Reads nothing but what it is
 * given; {@link refuses} tells which findings speak against the change by themselves.
 *
 * @example
 * scanTamper({ before, after, files: readPatch(change.patch) }).findings.filter(refuses); // [] for an honest fix
 */
export function scanTamper(input: TamperInput): TamperScan {
  const { files, before, after } = input;
  const old = parseAll(before);
  const now = parseAll(after);
  const unread = files.filter((file) => isUnread(file, old, now, input)).map((file) => file.path);
  const findings = [
    ...scanPaths(files, input),
    ...files.filter((file) => languageOf(file.path) === 'unreadable').map((file) => finding('not-scanned', file.path, 1, file.path)),
    ...scanData(input),
    ...compareTests(testSide(old), testSide(now)),
    ...newSightings(sightings(old), sightings(now)),
    ...scanSpecialCases(old, now, input.tests ?? new Map()),
  ];
  return { findings: unique(findings), filesScanned: files.length - unread.length, unread };
}

type Trees = ReadonlyMap<string, Node>;

/** A bundle above this size is built, not written, and would hold the scan up. */
const largestScript = 2_000_000;

function parseAll(texts: ReadonlyMap<string, string>): Trees {
  const trees = new Map<string, Node>();
  for (const [path, text] of texts) {
    const tree = text.length > largestScript ? null : parseScript(path, text);
    if (tree !== null) trees.set(path, tree);
  }
  return trees;
}

/** Code that was not given, was too big, or has parts that the scan does not understand and that were not there before. */
function isUnread(file: PatchFile, old: Trees, now: Trees, { after, before }: TamperInput): boolean {
  const isText = languageOf(file.path) === 'script' || file.path.endsWith('.json');
  if (file.status === 'deleted' || file.newMode === '120000' || file.newMode === '160000') return false;
  if (!after.has(file.path) || (file.status === 'modified' && file.from === null && !before.has(file.path))) return isText;
  if (languageOf(file.path) !== 'script') return false;
  const tree = now.get(file.path);
  if (tree === undefined) return true;
  const was = old.get(file.from ?? file.path);
  return hasErrors(tree) && (was === undefined || !hasErrors(was));
}

function scanData({ files, before, after }: TamperInput): readonly Finding[] {
  return files.flatMap(({ path, binary }) => {
    if (binary) return [];
    if (/(?:^|\/)package\.json$/.test(path)) return scanManifest(path, before.get(path), after.get(path));
    return /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path) ? scanLock(path, before.get(path), after.get(path)) : [];
  });
}

function isTest(path: string): boolean {
  return protectedPath(path, null) !== null;
}

function testSide(trees: Trees): ReadonlyMap<string, TestFile> {
  return new Map([...trees].filter(([path]) => protectedPath(path, null) === 'test').map(([path, tree]) => [path, testsOf(tree)]));
}

function sightings(trees: Trees): ReturnType<typeof sightingsIn> {
  return [...trees].flatMap(([path, tree]) => sightingsIn(tree, path, isTest(path)));
}

function scanSpecialCases(old: Trees, now: Trees, tests: ReadonlyMap<string, string>): readonly Finding[] {
  const testTrees = [...parseAll(tests).values(), ...[...old].filter(([path]) => isTest(path)).map(([, tree]) => tree)];
  const tested = new Set(testTrees.flatMap((tree) => [...telling(tree)]));
  if (tested.size === 0) return [];
  return [...now]
    .filter(([path]) => !isTest(path))
    .flatMap(([file, tree]) => {
      const was = old.get(file);
      const known =
        was === undefined ? { values: new Set<string>(), answers: new Set<string>() } : { values: telling(was), answers: answersIn(was) };
      return [
        ...specialCases({ file, tree, known: known.values }, tested),
        ...answersByShape({ file, tree, known: known.answers }, tested),
      ];
    });
}

/** One finding per rule and line: nested calls show the same thing more than once. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map(
    findings.map((found) => [
      `${found.rule} ${found.file} ${found.line} ${found.rule.startsWith('assertion') ? found.message : ''}`,
      found,
    ]),
  );
  return [...seen.values()];
}
