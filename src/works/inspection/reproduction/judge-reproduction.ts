import type { JudgedRuns, JudgedTest } from './judge-runs.ts';
import type { ReadTests } from './read-tests.ts';

export type ReproductionJudgement =
  /** `failing` show what the ticket reports; `controls` pass before and must go on to. */
  | { readonly kind: 'reproduced'; readonly failing: readonly JudgedTest[]; readonly controls: readonly JudgedTest[] }
  | { readonly kind: 'objection'; readonly code: string; readonly why: string };

/** A message that tells of the test rather than of what it tests. */
const ofTheTest = new Set(['module does not load', 'export changed', 'test-runner API', 'ESM-only release', 'peer', 'engine']);

/**
 * Says whether tests show on the base what a ticket reports: they fail in every run, alike, with the symptom in the message
 * of one and a message of the same shape in the others, and for a reason that is not their own. A message that tells of a missing name or module is one only where the
 * ticket reports just that.
 */
export function judgeReproduction(
  { tests, objection }: JudgedRuns,
  read: Pick<ReadTests, 'objection'>,
  { symptom, ticket }: { readonly symptom: string; readonly ticket: string },
): ReproductionJudgement {
  const refused = read.objection ?? objection;
  if (refused !== null) return { kind: 'objection', ...refused };
  const failing = tests.filter(({ did }) => did === 'fails');
  const first = (did: JudgedTest['did']): JudgedTest | undefined => tests.find((test) => test.did === did);
  const [broken, differs, skipped] = [first('broken'), first('differs'), first('skipped')];
  if (tests.length === 0) return against('no-test-ran', 'the runner reported no test of theirs');
  if (broken !== undefined) return against('wrong-reason', `${broken.id} cannot be run: ${firstLine(broken.message)}`);
  if (differs !== undefined) return against('reproduction-unsteady', `${differs.id} does not do the same each time`);
  if (skipped !== undefined) return against('reproduction-skipped', `${skipped.id} is skipped`);
  if (failing.length === 0) return against('passes-on-base', `all ${tests.length} of their tests pass on the base`);
  const shown = new Set(failing.filter(({ message }) => holds(message, symptom)).map(({ message }) => shapeOf(message)));
  const other = failing.find(({ message }) => !shown.has(shapeOf(message)));
  if (other !== undefined)
    return against('symptom-missing', `${other.id} fails with another message than "${symptom}": ${firstLine(other.message)}`);
  const own = failing.find((test) => test.class !== null && ofTheTest.has(test.class) && !holds(ticket, symptom));
  if (own !== undefined) return against('wrong-reason', `${own.id} fails by itself (${own.class}): ${firstLine(own.message)}`);
  return { kind: 'reproduced', failing, controls: tests.filter(({ did }) => did === 'passes') };
}

function against(code: string, why: string): ReproductionJudgement {
  return { kind: 'objection', code, why };
}

function holds(text: string, part: string): boolean {
  return even(text).includes(even(part));
}

/** Runners break and quote messages each in their own way. */
function even(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\s'"`]+/g, ' ')
    .trim();
}

/** What is said, without the values that it is said of. */
function shapeOf(message: string): string {
  return even(firstLine(message).replaceAll(/"[^"]*"|'[^']*'|`[^`]*`|\d+/g, ''));
}

function firstLine(message: string): string {
  return (message.split('\n').find((line) => line.trim() !== '') ?? 'no message').slice(0, 200);
}
