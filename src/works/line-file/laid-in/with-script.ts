import { JidokaError } from '../../../core/base/error.ts';
import { playedBy } from '../../../core/line/stations.ts';
import type { Line } from '../../../core/line/line.ts';
import type { RunRequest } from '../../../core/ports/factory.ts';
import { Script } from '../../../core/station/script.ts';
import { readYaml } from '../../yaml/index.ts';

const charactersAllowed = 4 * 1024 * 1024;

type Asked = Pick<RunRequest, 'station' | 'script'>;

/**
 * Lays into a line what a request has its stations play, so that a run needs no file of the user's later and its digest
 * covers it. Throws `line-invalid` for what cannot be played.
 */
export function withScript(line: Line, { station, script }: Asked): Line {
  if (script === undefined) return line;
  const { path, text, head } = script;
  const yaml = readYaml(text, charactersAllowed);
  if (yaml.kind === 'fault') throw fault(`${path}:${yaml.place.line}:${yaml.place.column}`, yaml.message);
  const parsed = Script.safeParse({ station, head, deeds: yaml.value });
  const [issue] = parsed.error?.issues ?? [];
  if (parsed.success) return { ...line, scripts: [...(line.scripts ?? []), parsed.data] };
  throw fault(path, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unknown form'}`);
}

/** Throws `line-invalid` where a stage names a station that is to be played, and nothing says what. */
export function refuseUnscripted({ name, stages, scripts = [] }: Line): void {
  const named = stages.flatMap(({ station = [] }) => station).filter((each) => playedBy(each) !== null);
  const lost = named.find((each) => !scripts.some(({ station }) => station === each));
  if (lost === undefined) return;
  throw new JidokaError('line-invalid', `Line "${name}" names the station "${lost}", and nothing says what it plays.`, {
    mend: 'Say it under "scripts" of the line, or give --station script:FILE or --station replay:FOLDER.',
  });
}

function fault(place: string, message: string): JidokaError {
  return new JidokaError('line-invalid', `${place} is nothing that a station can play: ${message}.`, {
    mend: 'Write it as docs/LINES.md shows under "No keys at all".',
  });
}
