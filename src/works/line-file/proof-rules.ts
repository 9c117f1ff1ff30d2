import type { CheckName } from '../../core/evidence/check.ts';
import { ancestors, lastStages } from '../../core/line/graph.ts';
import type { Line, Stage, StageKind } from '../../core/line/line.ts';
import { assuredAfter } from './assured.ts';
import type { Complaint } from '../../core/base/complaint.ts';

/** What makes a verdict of a line worth something: the stages that its proof rests on, and demands that can be met. */
export function proofComplaints(line: Line): Complaint[] {
  return [
    ...once(line),
    ...owed(line),
    ...takenOrMade(line),
    ...inspected(line),
    ...unchecked(line),
    ...reproduced(line),
    ...repeated(line),
    ...demanded(line),
    ...idle(line),
  ];
}

/** The sure ways of an inspection: what it holds a change against, and the change. */
const before = ({ seed }: Line): readonly StageKind[] => ['applicability', 'baseline', seed === 'branch' ? 'given' : 'change'];

/** What shows a test to be flaky, or not to be. */
const ofFlake: readonly StageKind[] = ['applicability', 'baseline', 'repetition', 'triage'];

/** A change is held against the baseline: of two, nobody could say which. */
function once({ stages }: Line): Complaint[] {
  return (['applicability', 'baseline', 'given', 'reproduction', 'triage'] as const).flatMap((kind) =>
    stages.flatMap(({ id, does }, at): Complaint[] => {
      const first = stages.findIndex((stage) => stage.does === kind);
      if (does !== kind || first === at) return [];
      const message = `Stage "${id}" does ${kind} again, after "${stages[first]?.id}".`;
      return [{ path: ['stages', at], at: 'value', message, mend: `Keep one ${kind}.` }];
    }),
  );
}

/** A seed that names packages is worked on by moving them, and that is always held against a baseline. */
function owed(line: Line): Complaint[] {
  const { seed, stages } = line;
  const needed: readonly StageKind[] = seed === 'flake' ? ofFlake : [...before(line), 'inspection'];
  const absent = needed.find((kind) => !stages.some(({ does }) => does === kind));
  if (seed === 'task' || absent === undefined) return [];
  const message = `No stage does "${absent}".`;
  const mend = `A line for a seed "${seed}" has ${needed.slice(0, -1).join(', ')} and ${needed.at(-1)}.`;
  return [{ path: ['stages'], at: 'key', message, mend }];
}

/** A branch is reviewed as it is; what stations make is delivered. One line does one of the two. */
function takenOrMade({ seed, stages }: Line): Complaint[] {
  const foreign: StageKind = seed === 'branch' ? 'change' : 'given';
  return stages.flatMap(({ id, does }, at): Complaint[] => {
    if (does !== foreign) return [];
    const message = `Stage "${id}" does ${does}, and this line's seed is "${seed}".`;
    const mend = seed === 'branch' ? 'Remove it: a branch is reviewed as it is.' : 'Write "seed: branch", or let a station do the change.';
    return [{ path: ['stages', at], at: 'value', message, mend }];
  });
}

function inspected(line: Line): Complaint[] {
  return line.stages.flatMap(({ id, does }, at): Complaint[] => {
    const missing =
      does === 'inspection' ? before(line).find((kind) => !assuredAfter(line, (stage) => stage.does === kind).has(id)) : undefined;
    if (missing === undefined) return [];
    const path = ['stages', at];
    const mend = `An inspection holds a change against the baseline: let ${before(line)
      .join(', ')
      .replace(/, (\w+)$/, ' and $1')} come before it on every way.`;
    return [{ path, at: 'value', message: `Stage "${id}" can be begun without ${missing} before it.`, mend }];
  });
}

/** Nothing a station made is passed on unchecked: a station's word for its own work decides nothing. */
function unchecked(line: Line): Complaint[] {
  const sure = line.stages.filter(({ id, does }) => does === 'inspection' && isSure(line, id));
  return line.stages.flatMap(({ id, does }, at): Complaint[] => {
    if (does !== 'change' || sure.some((inspection) => ancestors(line, inspection.id).has(id))) return [];
    const message = `What stage "${id}" changes could be passed on without an inspection after it.`;
    const mend = 'Let an inspection come after it on every way to the end: nobody believes what a station says of its own work.';
    return [{ path: ['stages', at], at: 'value', message, mend }];
  });
}

/** What a ticket reports is shown on the base before anything is changed; and a gate about a change has one before it. */
function reproduced(line: Line): Complaint[] {
  const hasOne = line.stages.some(({ does }) => does === 'reproduction');
  const lacks = (stage: Stage): { readonly kind: StageKind; readonly mend: string } | null => {
    const isAfter = (kind: StageKind): boolean => assuredAfter(line, ({ does }) => does === kind).has(stage.id);
    if (stage.does === 'reproduction' && !isAfter('baseline'))
      return { kind: 'baseline', mend: 'New tests are held against those of the base: let a baseline come before them.' };
    if (stage.does === 'change' && hasOne && !isAfter('reproduction'))
      return { kind: 'reproduction', mend: 'Let what is to be mended be shown before it is mended.' };
    if (stage.gate?.when !== undefined && !isAfter('change'))
      return { kind: 'change', mend: 'It asks about a change: let one come before it, or remove "when".' };
    return null;
  };
  return line.stages.flatMap((stage, at): Complaint[] => {
    const lack = lacks(stage);
    return lack === null
      ? []
      : [
          {
            path: ['stages', at],
            at: 'value',
            message: `Stage "${stage.id}" can be begun without ${lack.kind} before it.`,
            mend: lack.mend,
          },
        ];
  });
}

/** A suite is repeated for a seed about it: each mode once, after a baseline, and before it is said what came of them. */
function repeated({ seed, stages, ...line }: Line): Complaint[] {
  return stages.flatMap((stage, at): Complaint[] => {
    const { id, does, mode } = stage;
    if (does !== 'repetition' && does !== 'triage') return [];
    const place = { path: ['stages', at], at: 'value' } as const;
    if (seed !== 'flake')
      return [
        { ...place, message: `Stage "${id}" does ${does}, and this line's seed is "${seed}".`, mend: 'Write "seed: flake", or remove it.' },
      ];
    const wanted = does === 'repetition' ? 'baseline' : 'repetition';
    if (!assuredAfter({ ...line, seed, stages }, (other) => other.does === wanted).has(id))
      return [{ ...place, message: `Stage "${id}" can be begun without ${wanted} before it.`, mend: `Let a ${wanted} come before it.` }];
    const first = stages.findIndex((other) => mode !== undefined && other.mode === mode);
    if (first === -1 || first === at) return [];
    return [
      {
        ...place,
        message: `Stage "${id}" repeats the suite in mode ${mode} again, after "${stages[first]?.id}".`,
        mend: 'Keep one of them.',
      },
    ];
  });
}

/** True where the line cannot end before the stage is done. */
function isSure(line: Line, id: string): boolean {
  const assured = assuredAfter(line, (stage) => stage.id === id);
  return lastStages(line).some((last) => last.id === id || assured.has(last.id));
}

/** The stage that makes a check, where it is not the inspection; null for what decides by itself. */
const makers: Partial<Record<CheckName, StageKind | null>> = {
  seed: null,
  'no-op': null,
  environment: null,
  station: 'change',
  command: 'command',
  runs: 'runs',
  person: 'gate',
  reproduction: 'reproduction',
  fixed: 'reproduction',
  review: 'judgement',
  flakiness: 'triage',
  quarantine: 'triage',
};

/** What a stage of its own objects with ends the run: it cannot be for information only. */
const objections: ReadonlySet<CheckName> = new Set(['command', 'runs', 'person']);

/** What is said of a branch that somebody proposes, and of nothing that a station makes here. */
const ofBranches: ReadonlySet<CheckName> = new Set(['dependencies', 'own-tests', 'new-tests', 'coverage', 'size']);

function demanded({ seed, stages, inspection }: Line): Complaint[] {
  return inspection.flatMap(({ check, demand }, at): Complaint[] => {
    const place = { path: ['inspection', at, 'check'], at: 'value' } as const;
    const maker = makers[check] === undefined ? 'inspection' : makers[check];
    if (maker === null)
      return [{ ...place, message: `"${check}" is nothing that a change shows; it decides a run by itself.`, mend: 'Remove it here.' }];
    if (!stages.some(({ does }) => does === maker)) {
      const message = `The check "${check}" is made by a stage that does ${maker}, and this line has none.`;
      return [{ ...place, message, mend: `Remove it, or add a stage that does ${maker}.` }];
    }
    if (ofBranches.has(check) && seed !== 'branch')
      return [{ ...place, message: `The check "${check}" is about a branch, and this line's seed is "${seed}".`, mend: 'Remove it here.' }];
    if (check === 'vulnerable-copies' && seed !== 'advisory')
      return [{ ...place, message: `The check "${check}" needs an advisory, and this line's seed is "${seed}".`, mend: 'Remove it here.' }];
    if (demand !== 'report' || !objections.has(check)) return [];
    const message = `The check "${check}" ends the run where it is broken, so that it is more than a report.`;
    return [{ path: ['inspection', at, 'demand'], at: 'value', message, mend: 'Write "must-hold".' }];
  });
}

/** The rule by which a line without a change owes nothing once it has come to its end. */
const endsWell = 'all-stages-hold';

function idle({ stages, noOpRules, seed }: Line): Complaint[] {
  if (seed === 'branch') return reviewed(noOpRules);
  const changes = stages.some(({ does }) => does === 'change');
  const at = noOpRules.findIndex(({ code }) => code === endsWell);
  if (changes && at !== -1)
    return [
      { path: ['noOpRules', at], at: 'value', message: `The rule "${endsWell}" is for a line without a change.`, mend: 'Remove it.' },
    ];
  if (changes || at !== -1 || seed !== 'task') return [];
  const message = `A line without a change ends in NO_OP by the rule "${endsWell}", which it does not list.`;
  const mend = `Add "{ code: ${endsWell}, statement: Every stage holds and there is nothing to change., proof: what each stage came to }".`;
  return [{ path: ['noOpRules'], at: 'key', message, mend }];
}

/** The rule by which a branch is let pass. */
function reviewed(noOpRules: Line['noOpRules']): Complaint[] {
  if (noOpRules.some(({ code }) => code === 'nothing-to-object')) return [];
  const message = 'A line that reviews a branch ends in NO_OP by the rule "nothing-to-object", which it does not list.';
  const mend = 'Add "{ code: nothing-to-object, statement: Nothing stands against the branch., proof: what each check came to }".';
  return [{ path: ['noOpRules'], at: 'key', message, mend }];
}
