import type { FactData } from '../../../core/evidence/fact.ts';
import type { ApiSurface, LoadedEntry } from './public-api.ts';

/**
 * Compares what a library offered before with what it offers now. An entry that no longer loads is removed; one that
 * loaded no better before is left out.
 *
 * @param after Null where there is no library any more.
 * @example
 * diffApi(before, after).changed; // ['require . parse: function/2 -> function/1']
 */
export function diffApi(before: ApiSurface, after: ApiSurface | null): FactData['public-api'] {
  const now = after?.entries ?? {};
  const entries = Object.entries(before.entries)
    .filter(([, { kind }]) => kind !== 'absent')
    .map(([entry]) => entry);
  const all = [...new Set([...Object.keys(before.entries), ...Object.keys(now)])];
  const parts = all.map((entry) => diffEntry(entry, before.entries[entry] ?? absent, now[entry] ?? absent));
  return {
    entries,
    removed: parts.flatMap((part) => part.removed),
    changed: parts.flatMap((part) => part.changed),
    added: parts.flatMap((part) => part.added),
  };
}

const absent: LoadedEntry = { kind: 'absent' };

type Difference = Pick<FactData['public-api'], 'removed' | 'changed' | 'added'>;
const none: Difference = { removed: [], changed: [], added: [] };

function diffEntry(entry: string, before: LoadedEntry, after: LoadedEntry): Difference {
  if (before.kind !== 'loaded') return after.kind === 'loaded' ? { ...none, added: [entry] } : none;
  if (after.kind === 'absent') return { ...none, removed: [entry] };
  if (after.kind === 'failed') return { ...none, removed: [`${entry} (does not load: ${after.message})`] };
  return diffNames(entry, before.names, after.names);
}

type Names = Readonly<Record<string, string>>;

function diffNames(entry: string, before: Names, after: Names): Difference {
  const old = new Map(Object.entries(before));
  const now = new Map(Object.entries(after));
  return {
    removed: [...old.keys()].filter((name) => !now.has(name)).map((name) => `${entry} ${name}`),
    changed: [...old].flatMap(([name, kind]) =>
      now.has(name) && now.get(name) !== kind ? [`${entry} ${name}: ${kind} -> ${now.get(name) ?? ''}`] : [],
    ),
    added: [...now.keys()].filter((name) => !old.has(name)).map((name) => `${entry} ${name}`),
  };
}
