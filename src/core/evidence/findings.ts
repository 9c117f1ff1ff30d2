import { z } from 'zod';
import type { TaskPacket } from '../packet/packet.ts';
import type { CheckName, Demand } from './check.ts';
import { weights, type Fact, type Finding, type Weight } from './fact.ts';

/** One thing that a review has to say of a branch, for the person who decides. */
export const ReviewFinding = z.strictObject({
  check: z.string(),
  /** What kind of thing it is, for filters: 'script-changed'. */
  rule: z.string(),
  /** Path from the root of the repository; '' where it is about the branch as a whole. */
  file: z.string(),
  /** From 1; 0 where no line can be named. */
  line: z.number(),
  /** Whether it stands in the way of the branch, or is for the reader to know. */
  weight: z.enum(weights),
  message: z.string(),
});
export type ReviewFinding = z.infer<typeof ReviewFinding>;

/** What facts say against a branch and what they note beside it, each with its place: what blocks first. */
export function reviewFindings({ validation, scope }: Pick<TaskPacket, 'validation' | 'scope'>, facts: readonly Fact[]): ReviewFinding[] {
  const { directory } = scope.repository;
  const inProject = (path: string): string => (directory === '' ? path : `${directory}/${path}`);
  const found = facts.flatMap((fact): ReviewFinding[] => {
    const demand = validation.find(({ check }) => check === fact.check)?.demand ?? null;
    const usual = weightOf(fact, demand);
    const placed = placesOf(fact, inProject);
    const against = usual === 'blocks' && !placed.some(({ weight = usual }) => weight === 'blocks') ? [whole(fact)] : [];
    // What holds, or could not be made and need not be, has nothing to say but what it names.
    return [...against, ...placed].map(({ weight = usual, ...finding }) => ({ check: fact.check, ...finding, weight }));
  });
  return [...found.filter(({ weight }) => weight === 'blocks'), ...found.filter(({ weight }) => weight === 'note')];
}

/** What decides a run by itself blocks, whatever the line demands of it. */
const deciding: ReadonlySet<CheckName> = new Set(['seed', 'environment', 'station', 'person', 'review']);

function weightOf({ check, outcome }: Fact, demand: Demand | null): Weight {
  if (outcome === 'holds' || demand === 'report') return 'note';
  if (outcome === 'unknown') return demand === 'must-hold' ? 'blocks' : 'note';
  return demand !== null || deciding.has(check) ? 'blocks' : 'note';
}

function whole({ code, summary }: Fact): Finding {
  return { rule: code, file: '', line: 0, message: summary };
}

/** The places that a fact names; what is broken and names none is told as a whole. */
function placesOf(fact: Fact, inProject: (path: string) => string): readonly Finding[] {
  const named = namedBy(fact, inProject);
  return named.length > 0 || fact.outcome !== 'broken' ? named : [whole(fact)];
}

function namedBy(fact: Fact, inProject: (path: string) => string): readonly Finding[] {
  const at = (path: string, message: string): Finding => ({ rule: fact.code, file: inProject(path), line: 1, message });
  switch (fact.check) {
    case 'tamper':
    case 'secrets':
    case 'dependencies':
    case 'own-tests':
    case 'new-tests':
    case 'coverage':
    case 'size':
      return fact.data.findings;
    case 'review':
      return fact.data.findings.map((finding) => ({ ...finding, weight: finding.rule === 'blocks' ? 'blocks' : 'note' }));
    case 'tests':
      return fact.data.regressed.map(({ id, after, message = '' }) =>
        at(id.split(' > ')[0] ?? '', `passed before and does not now (${after}): ${id}${message === '' ? '' : `: ${firstLine(message)}`}`),
      );
    case 'scope':
      return fact.data.outside.map((path) => ({ ...whole(fact), file: path.replace(/ \(.*$/s, ''), line: 1, message: path }));
    case 'lock':
      return fact.outcome === 'broken'
        ? fact.data.unexplained.map(({ name, before, after, path }) =>
            at('package-lock.json', `does not follow from the manifest: ${name} ${before ?? 'new'} -> ${after ?? 'gone'} (${path})`),
          )
        : [];
    case 'install-scripts':
      return fact.data.added.map((name) => at('package-lock.json', `runs code when it is installed: ${name}`));
    case 'advisories':
      return fact.data.added.map((id) => at('package-lock.json', `a known advisory is added: ${id}`));
    case 'install':
    case 'build':
    case 'public-api':
      return fact.outcome === 'broken' ? [at('package.json', fact.summary)] : [];
    default:
      return [];
  }
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200);
}
