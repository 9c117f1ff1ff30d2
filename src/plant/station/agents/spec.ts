import { satisfies, valid, validRange } from 'semver';
import { JidokaError } from '../../../core/base/error.ts';
import { nearest } from '../../../core/base/nearest.ts';
import type { AgentRecord } from './catalogue/index.ts';

/** One agent at one version. */
export interface Pin {
  readonly record: AgentRecord;
  readonly version: string;
  /** What the owner is told of the choice; '' where he made it himself. */
  readonly note: string;
}

/** Reads what is to be installed. Throws `agent-unknown`, and `version-invalid` for a range without the recommended version. */
export function pinOf(spec: string, catalogue: readonly AgentRecord[]): Pin {
  const { name, version } = partsOf(spec);
  const record = recordOf(name, catalogue);
  const { recommended } = record;
  const exact = version === null ? null : exactOf(version);
  if (exact !== null) return { record, version: exact, note: '' };
  if (version === null) return { record, version: recommended, note: `No version was given: ${recommended} is the one that was tried.` };
  if (isRangeWithout(version, recommended)) {
    throw new JidokaError('version-invalid', `${name}@${version} is no exact version, and ${recommended}, which was tried, is not in it.`, {
      mend: `Name one version, as in ${name}@${recommended}.`,
    });
  }
  return { record, version: recommended, note: `"${version}" is no exact version: ${recommended}, which was tried, is taken.` };
}

/** The record of a name. Throws `agent-unknown` with the name that was most likely meant. */
export function recordOf(name: string, catalogue: readonly AgentRecord[]): AgentRecord {
  const found = catalogue.find((record) => record.name === name);
  if (found !== undefined) return found;
  const meant = catalogue.find((record) => record.package === name || record.program === name)?.name;
  const near =
    meant ??
    nearest(
      name.slice(0, 60),
      catalogue.map((record) => record.name),
    );
  const names = catalogue.map((record) => record.name).join(', ');
  throw new JidokaError('agent-unknown', `"${name.slice(0, 60)}" is no agent that can be installed.`, {
    mend: `${near === null ? '' : `Did you mean ${near}? `}There are: ${names}. Another one that speaks ACP works from PATH, by a line file.`,
  });
}

/** Reads 'codex@0.169.0' or 'codex'; the version is null where none was given. */
export function partsOf(spec: string): { readonly name: string; readonly version: string | null } {
  const [, name = spec, version = ''] = /^(.[^@]*)@(.*)$/.exec(spec.trim()) ?? [];
  return { name: name.trim(), version: version === '' ? null : version };
}

/** Of '2.1' or 'latest' it is null. */
function exactOf(version: string): string | null {
  return /^v?\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version) ? valid(version) : null;
}

function isRangeWithout(range: string, version: string): boolean {
  return validRange(range) !== null && !satisfies(version, range);
}
