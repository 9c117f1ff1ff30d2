import type { Finding } from '../../../core/evidence/fact.ts';
import type { Assertion } from './assertions.ts';
import { finding } from './finding.ts';
import type { TamperRule } from './rules.ts';
import { compareAssertions, withoutLiterals } from './strength.ts';

const rules: Readonly<Record<ReturnType<typeof compareAssertions>, TamperRule>> = {
  loosened: 'assertion-loosened',
  value: 'assertion-value-changed',
  changed: 'assertion-changed',
};

/** Compares what one test asserts before and after; more assertions than before are no finding. */
export function compareAllAssertions(
  before: readonly Assertion[],
  after: readonly Assertion[],
  place: { readonly file: string; readonly line: number },
): readonly Finding[] {
  const { gone, fresh, kept } = sortOut(before, after);
  const swallowed = kept.flatMap(([old, now]) => guardFindings(old, now, place.file));
  const rest = [...fresh];
  const changed = gone.map((old) => {
    const successor = takeSuccessor(old, rest);
    if (successor === undefined) return finding('assertion-removed', place.file, place.line, old.text);
    return finding(rules[compareAssertions(old, successor)], place.file, successor.line, `${old.text} -> ${successor.text}`);
  });
  return [...changed, ...swallowed];
}

interface Sorted {
  readonly gone: readonly Assertion[];
  readonly fresh: readonly Assertion[];
  readonly kept: readonly (readonly [Assertion, Assertion])[];
}

function sortOut(before: readonly Assertion[], after: readonly Assertion[]): Sorted {
  const fresh = [...after];
  const kept: [Assertion, Assertion][] = [];
  const gone = before.filter((old) => {
    // Where the same assertion stands twice, the one under the same guards is the same one.
    const same = fresh.findIndex((now) => now.text === old.text && now.guards.join() === old.guards.join());
    const index = same === -1 ? fresh.findIndex((now) => now.text === old.text) : same;
    const [now] = index === -1 ? [] : fresh.splice(index, 1);
    if (now !== undefined) kept.push([old, now]);
    return now === undefined;
  });
  return { gone, fresh, kept };
}

/** Takes the new assertion that most likely stands in the place of an old one. */
function takeSuccessor(old: Assertion, fresh: Assertion[]): Assertion | undefined {
  const masked = withoutLiterals(old.text);
  const likeness = [
    (now: Assertion): boolean => withoutLiterals(now.text) === masked,
    (now: Assertion): boolean => subjectOf(now) === subjectOf(old),
    (now: Assertion): boolean => now.matcher === old.matcher,
    (): boolean => true,
  ];
  const index = likeness.map((alike) => fresh.findIndex(alike)).find((at) => at !== -1);
  return index === undefined ? undefined : fresh.splice(index, 1)[0];
}

/** The first thing given to an assertion: `add(1,2)` of `assert.equal(add(1,2),3)`. */
function subjectOf(assertion: Assertion): string {
  return /\(([^,)]*(?:\([^)]*\))?)/.exec(assertion.text)?.[1] ?? '';
}

function guardFindings(old: Assertion, now: Assertion, file: string): readonly Finding[] {
  const grew = (guard: Assertion['guards'][number]): boolean => count(now, guard) > count(old, guard);
  if (grew('catch')) return [finding('assertion-swallowed', file, now.line, now.text)];
  if (grew('condition') || grew('later')) return [finding('assertion-conditional', file, now.line, now.text)];
  return [];
}

function count(assertion: Assertion, guard: Assertion['guards'][number]): number {
  return assertion.guards.filter((other) => other === guard).length;
}
