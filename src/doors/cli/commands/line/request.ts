import { resolve } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { RunRequest } from '../../../../core/ports/factory.ts';
import type { Call, OptionRecord } from '../../command.ts';
import { readAdvisories, readLineFile } from '../../input-files.ts';
import { askedStation } from './asked-station.ts';
import { isUrl } from '../../result-text.ts';

/** What one kind of line asks on the command line; `run` and `schedule add` are made of it. */
export interface LineCommand {
  readonly name: string;
  readonly summary: string;
  /** What only this line takes. */
  readonly options: readonly OptionRecord[];
  /** Whether the line has no built-in form, and a file must give it. */
  readonly needsLineFile: boolean;
  /** Options to show in examples, without the command. */
  readonly examples: readonly string[];
  ask(call: Call): Promise<Pick<RunRequest, 'line' | 'subject' | 'to'>>;
}

/** Options that say what is to be done, whenever it is done. */
export function requestOptions({ options, needsLineFile }: LineCommand): readonly OptionRecord[] {
  const line = needsLineFile ? 'line file that says how the work is done' : 'line file to use instead of the built-in one';
  return [
    ...options,
    { flags: '--repo <location>', description: 'path or URL of the git repository', preset: '.' },
    { flags: '--scope <scope>', description: 'dependencies to look at', choices: ['prod', 'dev', 'all'], preset: 'all' },
    { flags: '--advisories <path>', description: 'OSV file or folder to hold the change against, beside what the registry knows' },
    { flags: '--line <file>', description: line, required: needsLineFile },
    {
      flags: '--station <name>',
      description:
        "station that does all that stations do: a name, 'command:PROGRAM ARGUMENT…', 'model:NAME' for judgements, 'script:FILE' or 'replay:EVIDENCE'",
    },
    { flags: '--plan <models>', description: 'models for changes, in the order in which they are tried, with commas between' },
    { flags: '--dry-run', description: 'report only: make no branch and no evidence ref in the repository' },
    { flags: '--priority <n>', description: 'lower goes first where steps wait', preset: '100' },
    { flags: '--again', description: 'run anew even where this very job has a verdict' },
  ];
}

/** Makes of a command line what the factory is asked for. */
export async function requestOf(line: LineCommand, call: Call): Promise<RunRequest> {
  const { cwd, actor } = call.world;
  const [advisories, file, station] = [call.text('advisories'), call.text('line'), call.text('station')];
  return {
    ...(await line.ask(call)),
    repository: repositoryOf(call.text('repo') ?? '.', cwd),
    scope: scopeOf(call.text('scope')),
    dryRun: call.flag('dry-run'),
    again: call.flag('again'),
    advisories: advisories === null ? [] : await readAdvisories(advisories, cwd),
    lineFile: file === null ? null : await readLineFile(file, cwd),
    ...(station === null ? {} : await askedStation(station, call.world)),
    ...planOf(call.text('plan')),
    actor,
    priority: priorityOf(call.text('priority') ?? '100'),
  };
}

function planOf(text: string | null): Pick<RunRequest, 'plan'> {
  if (text === null) return {};
  const plan = text.split(',').map((name) => name.trim());
  if (plan.length <= mostModels && plan.every((name) => name !== '')) return { plan };
  throw new JidokaError('usage', `--plan ${text} is no plan.`, { mend: `Give one to ${mostModels} models: --plan cheap,strong.` });
}

/** A plan has so many models at most. */
const mostModels = 3;

function priorityOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new JidokaError('usage', `--priority ${text} is no priority.`, {
    mend: 'Give a whole number from 0 on; 100 is usual, lower goes first.',
  });
}

/** The repository that a command line means. */
export function repositoryOf(location: string, cwd: string): string {
  return isUrl(location) ? location : resolve(cwd, location);
}

/** The parser lets only these three through. */
function scopeOf(text: string | null): RunRequest['scope'] {
  return text === 'prod' || text === 'dev' ? text : 'all';
}
