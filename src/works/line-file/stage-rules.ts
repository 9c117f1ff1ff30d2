import { seedKey } from '../../core/base/ids.ts';
import { followers } from '../../core/line/graph.ts';
import type { Line, Stage, StageKind } from '../../core/line/line.ts';
import { isByStation, modelNamed, programStations, stationsOf } from '../../core/line/stations.ts';
import type { Complaint } from '../../core/base/complaint.ts';

type Key = keyof Stage;

interface Need {
  readonly key: Key;
  readonly lack: string;
  readonly mend: string;
}

/** What a kind of stage cannot do without, and how to write it. */
const needs: Partial<Record<StageKind, readonly Need[]>> = {
  change: [{ key: 'station', lack: 'has no station to do the change', mend: 'Add "station: mechanic" to it.' }],
  reproduction: [{ key: 'station', lack: 'has no station to write the tests', mend: 'Add "station: [NAME, …]" to it.' }],
  judgement: [
    { key: 'station', lack: 'has no station to judge', mend: 'Add "station: [NAME, …]" to it.' },
    {
      key: 'form',
      lack: 'does not say what its station hands in',
      mend: 'Add "form: review", "form: plan" or "form: classification" to it.',
    },
  ],
  command: [{ key: 'run', lack: 'has no command', mend: 'Add "run: [npm, run, lint]" to it.' }],
  gate: [
    {
      key: 'gate',
      lack: 'is a gate without a question',
      mend: 'Add "gate: { question: May it go out?, roles: [reviewer], expires: 7d, choices: [approve, reject] }" to it.',
    },
  ],
  repetition: [{ key: 'mode', lack: 'does not say how to repeat the suite', mend: 'Add "mode: suite" to it.' }],
  runs: [{ key: 'runs', lack: 'does not say what it runs', mend: 'Add "runs: { line: NAME, items: [...], join: all }" to it.' }],
};

/** Kinds that a station does. */
const stationed = ['change', 'reproduction', 'judgement'] as const;

/** What only some kinds have a use for, and which. */
const owners: readonly { readonly keys: readonly Key[]; readonly kinds: readonly StageKind[] }[] = [
  { keys: ['station', 'role'], kinds: stationed },
  { keys: ['form', 'optional'], kinds: ['judgement'] },
  { keys: ['run'], kinds: ['command', ...stationed] },
  { keys: ['gate'], kinds: ['gate'] },
  { keys: ['runs'], kinds: ['runs'] },
  { keys: ['mode'], kinds: ['repetition'] },
  {
    keys: ['timeout', 'deadline', 'stall', 'retries', 'queue', 'labels'],
    kinds: ['applicability', 'baseline', 'given', ...stationed, 'command', 'inspection', 'repetition', 'triage'],
  },
];

/** What each stage needs for its kind of work, and nothing that its kind has no use for. */
export function stageComplaints(line: Line): Complaint[] {
  const each = line.stages.flatMap((stage, at) => [
    ...lacking(stage, at),
    ...useless(stage, at),
    ...ofStation(stage, at),
    ...ofGate(stage, at),
    ...ofItems(stage, at),
    ...ofRuns(stage, at),
  ]);
  return [...each, ...ofNobody(line)];
}

function lacking(stage: Stage, at: number): Complaint[] {
  const absent = (needs[stage.does] ?? []).filter(({ key }) => stage[key] === undefined);
  return absent.map(({ lack, mend }) => ({ path: ['stages', at], at: 'value', message: `Stage "${stage.id}" ${lack}.`, mend }));
}

function useless(stage: Stage, at: number): Complaint[] {
  const misplaced = owners.flatMap(({ keys, kinds }) =>
    kinds.includes(stage.does) ? [] : keys.filter((key) => stage[key] !== undefined).map((key) => ({ key, kinds })),
  );
  return misplaced.map(({ key, kinds }) => ({
    path: ['stages', at, key],
    at: 'key',
    message: `Stage "${stage.id}" does ${stage.does}, which has no use for "${key}".`,
    mend: `Remove it here; it belongs to a stage that does ${kinds.join(', ')}.`,
  }));
}

function ofStation(stage: Stage, at: number): Complaint[] {
  const { id, run } = stage;
  const named = stationsOf(stage);
  const twice = named.find((name, index) => named.indexOf(name) < index);
  if (twice !== undefined)
    return [
      {
        path: ['stages', at, 'station'],
        at: 'value',
        message: `Stage "${id}" names the station "${twice}" twice.`,
        mend: 'Keep one of the two.',
      },
    ];
  const model = stage.does === 'judgement' ? undefined : named.find((name) => modelNamed(name) !== null);
  if (model !== undefined) {
    const message = `Stage "${id}" needs a tree changed, and the station "${model}" only answers: it has no tools.`;
    return [{ path: ['stages', at, 'station'], at: 'value', message, mend: 'Name an agent or a program here.' }];
  }
  const runs = named.find((name) => programStations.includes(name));
  if (!isByStation(stage) || named.length === 0 || (runs !== undefined) === (run !== undefined)) return [];
  if (run === undefined) {
    const message = `Stage "${id}" leaves its work to the station "${runs}" and gives it no command.`;
    return [{ path: ['stages', at], at: 'value', message, mend: 'Add "run: [node, scripts/change.mjs]" to it.' }];
  }
  const message = `Stage "${id}" gives a command to the station "${named.join('", "')}", which runs none.`;
  return [{ path: ['stages', at, 'run'], at: 'key', message, mend: 'Remove "run", or write "station: command".' }];
}

/** A stage that is left out unless somebody names a station must be one that the line can end without. */
function ofNobody(line: Line): Complaint[] {
  return line.stages.flatMap((stage, at): Complaint[] => {
    if (stage.station === undefined || stationsOf(stage).length > 0) return [];
    if (stage.does === 'judgement' && followers(line, stage.id).length === 0) return [];
    const message = `Stage "${stage.id}" names no station, so that it would be left out, and the line cannot do without it.`;
    return [
      {
        path: ['stages', at, 'station'],
        at: 'value',
        message,
        mend: 'Name a station; only a judgement that nothing follows may have none.',
      },
    ];
  });
}

function ofGate({ id, gate }: Stage, at: number): Complaint[] {
  if (gate === undefined) return [];
  const path = ['stages', at, 'gate', 'choices'];
  if (gate.choices.includes('approve') || gate.choices.includes('answer')) return [];
  const message = `Nobody can let a run past the gate "${id}".`;
  return [{ path, at: 'value', message, mend: 'Add "approve", or "answer" for a question, to "choices".' }];
}

/** Items become parts of branch names, where one cannot be a folder of another. */
function ofItems({ runs }: Stage, at: number): Complaint[] {
  if (runs === undefined) return [];
  const keys = runs.items.map((item) => seedKey([item]));
  return runs.items.flatMap((item, index): Complaint[] => {
    const place = { path: ['stages', at, 'runs', 'items', index], at: 'value' } as const;
    const key = keys[index] ?? '';
    if (key === '')
      return [{ ...place, message: `"${item}" leaves nothing to name a branch by.`, mend: 'Use some of the letters a to z, or digits.' }];
    const rival = keys.findIndex((other, earlier) => earlier < index && (other === key || within(other, key) || within(key, other)));
    if (rival === -1) return [];
    const message = `"${item}" and "${runs.items[rival]}" would be worked on in branches that cannot stand beside each other.`;
    return [{ ...place, message, mend: 'Keep one of the two, or word one of them differently.' }];
  });
}

function within(outer: string, inner: string): boolean {
  return inner.startsWith(`${outer}/`);
}

function ofRuns({ id, runs }: Stage, at: number): Complaint[] {
  if (runs === undefined || typeof runs.join === 'string' || runs.join.atLeast <= runs.items.length) return [];
  const message = `Stage "${id}" wants ${runs.join.atLeast} runs to end well, and starts ${runs.items.length}.`;
  return [{ path: ['stages', at, 'runs', 'join', 'atLeast'], at: 'value', message, mend: `Write at most ${runs.items.length}.` }];
}
