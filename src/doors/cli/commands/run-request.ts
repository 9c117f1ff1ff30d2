import { resolve } from 'node:path';
import type { RunRequest } from '../../../core/ports/factory.ts';
import { exitCode, exitCodeOfAll } from '../../../core/verdict/verdict.ts';
import { type Answer, type Call, jsonOption, type OptionRecord } from '../command.ts';
import { readAdvisories, readLineFile } from '../input-files.ts';
import { isUrl, resultsText, resultText } from '../result-text.ts';
import { selfCommand } from '../self-command.ts';
import { withFactory } from '../with-factory.ts';

/** Options that every line takes. */
export const runOptions: readonly OptionRecord[] = [
  { flags: '--repo <location>', description: 'path or URL of the git repository', preset: '.' },
  { flags: '--scope <scope>', description: 'dependencies to look at', choices: ['prod', 'dev', 'all'], preset: 'all' },
  { flags: '--advisories <path>', description: 'OSV file or folder to hold the change against, beside what the registry knows' },
  { flags: '--line <file>', description: 'line file to use instead of the built-in one' },
  { flags: '--dry-run', description: 'report only: make no branch and no evidence ref in the repository' },
  { flags: '--again', description: 'run anew even where this very job has a verdict' },
  jsonOption,
  { flags: '--detailed-exitcode', description: 'end with 10 instead of 0 for NO_OP' },
];

/** Asks the factory for a run and answers with what became of it. */
export async function runLine(call: Call, asked: Pick<RunRequest, 'line' | 'subject' | 'to'>): Promise<Answer> {
  const request: RunRequest = { ...asked, ...(await commonPart(call)) };
  const report = await withFactory(call, (factory, watch) => factory.run(request, watch));
  const detailed = call.flag('detailed-exitcode');
  const context = { repository: request.repository, self: selfCommand(call.world) };
  if (report.kind === 'one') {
    const { result } = report;
    return { exitCode: exitCode(result.verdict, { detailed }), document: result, text: (page) => resultText(result, context, page) };
  }
  const { runs } = report;
  const code = exitCodeOfAll(
    runs.map(({ verdict }) => verdict),
    { detailed },
  );
  return { exitCode: code, document: { runs }, text: (page) => resultsText(runs, context, page) };
}

async function commonPart(call: Call): Promise<Omit<RunRequest, 'line' | 'subject' | 'to'>> {
  const { cwd, actor } = call.world;
  const [advisories, line] = [call.text('advisories'), call.text('line')];
  return {
    repository: repositoryOf(call.text('repo') ?? '.', cwd),
    scope: scopeOf(call.text('scope')),
    dryRun: call.flag('dry-run'),
    again: call.flag('again'),
    advisories: advisories === null ? [] : await readAdvisories(advisories, cwd),
    lineFile: line === null ? null : await readLineFile(line, cwd),
    actor,
  };
}

function repositoryOf(location: string, cwd: string): string {
  return isUrl(location) ? location : resolve(cwd, location);
}

/** The parser lets only these three through. */
function scopeOf(text: string | null): RunRequest['scope'] {
  return text === 'prod' || text === 'dev' ? text : 'all';
}
