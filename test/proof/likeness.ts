import { canonicalJson, toJson, type Json } from '../../src/core/base/json.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Cast } from './boundaries.ts';

/** What is called otherwise in each trial. */
export interface Names {
  /** Key of the seed. */
  readonly key: string;
  readonly cast: Cast;
}

/**
 * What a bundle says, without what no two runs share: ids, times and durations, the processes that did a stage and how
 * many they were, logs (they tell durations), digests of what holds any of these, and the order of what goes on side by
 * side.
 */
export function likenessOfBundle(bundle: unknown, names: Names): string {
  return canonicalJson(steady(anonymous(bundle, names)));
}

/** The same of what happened in a run, stage by stage, without who began it and who took it over. */
export function likenessOfEvents(events: readonly LedgerEvent[], names: Names): string {
  const groups = new Map<string, Json[]>();
  for (const { body } of events) {
    if (beginnings.has(body.type)) continue;
    const group = groupOf(body);
    groups.set(group, [...(groups.get(group) ?? []), steady(anonymous(body, names))]);
  }
  return canonicalJson(anonymous(Object.fromEntries(groups), names));
}

const beginnings: ReadonlySet<EventBody['type']> = new Set([
  'stage.started',
  'station.started',
  'station.noted',
  'station.resumed',
  'step.reclaimed',
  'workspace.opened',
  'workspace.used',
]);

/** Stages that stand side by side end in any order, and so do the parts of a run. */
function groupOf(body: EventBody): string {
  if (body.type === 'child.ended') return body.run;
  return 'stage' in body ? body.stage : '';
}

function anonymous(value: unknown, { key, cast }: Names): Json {
  const named = [...cast].reduce((text, [run, role]) => text.replaceAll(run, `<run ${role}>`), JSON.stringify(value));
  const text = named
    .replaceAll(key, '<key>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/canary-[0-9a-f]{8}/g, 'canary-<chance>')
    .replaceAll(/cli:[\w-]+/g, 'cli:<person>');
  return toJson(JSON.parse(text));
}

/** Named for what they hold: durations, digests of what differs, places in a git history that differ with them. */
const chancy: ReadonlySet<string> = new Set([
  'durationMs',
  'executor',
  'pid',
  'how',
  'ledger',
  'digest',
  'bundle',
  'report',
  'ledgerHead',
  'commit',
  'evidenceCommit',
]);
const unordered: ReadonlySet<string> = new Set(['validation', 'stages', 'files', 'where']);

function steady(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(steady);
  const { label, mediaType, path } = value;
  const isLog = mediaType === 'text/plain' || (typeof path === 'string' && /^logs\/.*\.txt$/.test(path));
  if (label !== undefined && isLog) return { label };
  const kept = Object.entries(value).filter(([name]) => !chancy.has(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, unordered.has(name) && isList(each) ? asSet(each) : steady(each)]));
}

/** `Array.isArray` alone leaves read-only lists among the objects. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function asSet(values: readonly Json[]): readonly Json[] {
  const byText = new Map(values.map(steady).map((each) => [canonicalJson(each), each]));
  return [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}
