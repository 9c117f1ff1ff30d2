import { outlineOf, type Outline } from '../tamper/index.ts';
import { namesOfSubject, reaches, type Subject } from './subject.ts';

/** A test file that a station wrote, paths from the root of the repository. */
export interface TestFile {
  readonly path: string;
  readonly content: string;
}

/** What reading says of the tests of a reproduction. */
export interface ReadTests {
  /** Why it cannot be one, whatever it does when it is run; null where nothing speaks against it. */
  readonly objection: { readonly code: string; readonly why: string } | null;
  /** Values of the ticket that the tests use. */
  readonly fromTicket: readonly string[];
  /** Ids of the tests that hold what the code gives against an exact value that the ticket names. */
  readonly bound: readonly string[];
}

export interface TicketWords {
  readonly text: string;
  /** What the ticket says should happen; null where it has no such part. */
  readonly expected: string | null;
}

/**
 * Reads the tests of a reproduction: each must assert something of the code of the repository, and none may fail by
 * itself. That they are about the ticket cannot be read; the values that they share with it are told.
 */
export function readTests(files: readonly TestFile[], subject: Subject, ticket: TicketWords): ReadTests {
  const read = files.map((file) => ({ file, outline: outlineOf(file.path, file.content) }));
  const unread = read.find(({ outline }) => outline === null);
  if (unread !== undefined) return refused('reproduction-unreadable', `${unread.file.path} is in no language that can be read`);
  const known = read.flatMap(({ file, outline }) => (outline === null ? [] : [{ file, outline }]));
  const objection = known.map(({ file, outline }) => objectionTo(file, outline, subject)).find((found) => found !== null) ?? null;
  const values = [...new Set(known.flatMap(({ outline }) => valuesOf(outline)))];
  return {
    objection,
    fromTicket: values.filter((value) => ticket.text.includes(value)),
    bound: known.flatMap(({ file, outline }) => boundTests(file, outline, subject, ticket)),
  };
}

function refused(code: string, why: string): ReadTests {
  return { objection: { code, why }, fromTicket: [], bound: [] };
}

function objectionTo({ path }: TestFile, outline: Outline, subject: Subject): ReadTests['objection'] {
  const names = namesOfSubject(path, outline, subject);
  if (names.size === 0) return { code: 'not-about-the-code', why: `${path} loads no code of the repository` };
  const faker = outline.tests.find(({ failsByItself }) => failsByItself);
  if (faker !== undefined)
    return { code: 'fails-by-itself', why: `"${faker.title}" in ${path} throws or fails by itself instead of asserting` };
  const idle = outline.tests.find((test) => !reaches(test, names));
  if (idle !== undefined)
    return { code: 'not-about-the-code', why: `nothing that "${idle.title}" in ${path} asserts depends on the code of the repository` };
  return null;
}

/** Strings and numbers that are no everyday values. */
function valuesOf({ strings, tests, modules }: Outline): readonly string[] {
  const numbers = tests.flatMap(({ assertions }) => assertions.flatMap(({ text }) => text.match(/(?<![\w$])\d[\d._]+/g) ?? []));
  const texts = strings.filter((text) => text.length > 2 && !modules.includes(text) && !tests.some(({ title }) => title.endsWith(text)));
  return [...texts, ...numbers];
}

function boundTests({ path }: TestFile, outline: Outline, subject: Subject, { text, expected }: TicketWords): readonly string[] {
  const names = namesOfSubject(path, outline, subject);
  return outline.tests
    .filter(({ assertions }) =>
      assertions.some(({ text: code, names: used, isExact }) => {
        const values = [...code.matchAll(/'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(?<![\w$])(\d[\d._]*)/g)].map(
          ([, single, double, number]) => single ?? double ?? number ?? '',
        );
        const isToldIn = (words: string): boolean => values.some((value) => value.length > 1 && words.includes(value));
        return isExact && used.some((name) => names.has(name)) && isToldIn(text) && (expected === null || isToldIn(expected));
      }),
    )
    .map(({ title }) => `${path} > ${title}`);
}
