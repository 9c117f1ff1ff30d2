import { isJidokaError } from '../../../core/base/error.ts';
import { unconfined } from '../../../core/ports/floor.ts';
import type { Factory, RunRequest, RunResult, Watch } from '../../../core/ports/factory.ts';
import type { Verdict } from '../../../core/verdict/verdict.ts';
import { packagePath } from '../../config.ts';
import { type Answer, type Call, type CommandRecord, jsonOption } from '../command.ts';
import { makeDemoRepository, removeOldDemos } from '../demo-repository.ts';
import { type InputFile, readAdvisories } from '../input-files.ts';
import type { Page } from '../page.ts';
import { resultsText } from '../result-text.ts';
import { quote, sameFactoryCommand, selfCommand } from '../self-command.ts';
import { type Beside, withFactory } from '../with-factory.ts';

/** `jidoka demo`: four real jobs on a copy of the example shop, by the same way as `jidoka run`. */
export const demo: CommandRecord = {
  path: ['demo'],
  summary: 'do four real jobs on a copy of the example shop',
  arguments: [],
  options: [{ flags: '--keep', description: 'keep the repositories of earlier demos, which are removed after an hour' }, jsonOption],
  examples: ['demo'],
  run: async (call) => {
    const { settings, world } = call;
    const place = { home: settings.home, now: world.now(), env: world.env };
    if (!call.flag('keep')) await removeOldDemos(place);
    const repository = await makeDemoRepository(place);
    const advisories = await readAdvisories(packagePath('examples', 'advisories'), world.cwd);
    const requests = jobs.map((job) => requestOf(job, { repository, advisories, actor: world.actor }));
    const results = await onSomeFloor(call, (factory, { watch }) => workAll(requests, factory, watch));
    return answerOf(results, repository, call);
  },
};

/**
 * The example is our own: where this machine cannot confine commands and nobody named a floor, it is worked on the host,
 * and that is said. Nothing else ever is.
 */
async function onSomeFloor<T>(call: Call, work: (factory: Factory, beside: Beside) => Promise<T>): Promise<T> {
  try {
    return await withFactory(call, async (factory, beside) => {
      if (call.settings.floor.preset) await factory.floor.probe();
      return await work(factory, beside);
    });
  } catch (error) {
    if (!call.settings.floor.preset || !isJidokaError(error) || error.code !== 'no-sandbox') throw error;
    const unwalled: Call = { ...call, settings: { ...call.settings, floor: unconfined } };
    return await withFactory(unwalled, (factory, beside) => {
      beside.say(`${error.message} The example is our own, so it is worked on the floor 'host' (T0). ${error.mend}`);
      return work(factory, beside);
    });
  }
}

type Job = { readonly kind: 'advisory'; readonly id: string } | { readonly kind: 'package'; readonly name: string; readonly to: string };

/** The quickest first, so that the first evidence stands within seconds; examples/README.md says what is true of each. */
const jobs: readonly Job[] = [
  { kind: 'advisory', id: 'GHSA-w9mr-4mfr-499f' },
  { kind: 'advisory', id: 'GHSA-9c47-m6qq-7p4h' },
  { kind: 'package', name: 'escape-string-regexp', to: 'major' },
  { kind: 'advisory', id: 'GHSA-xvch-5gv4-984h' },
];

const expected: readonly Verdict[] = ['PR_READY', 'NO_OP', 'ESCALATE'];

interface Given {
  readonly repository: string;
  readonly advisories: readonly InputFile[];
  readonly actor: string;
}

function requestOf(job: Job, given: Given): RunRequest {
  const common = { ...given, scope: 'all', dryRun: false, again: false, lineFile: null } as const;
  if (job.kind === 'package') return { ...common, line: 'deps', subject: { kind: 'package', name: job.name }, to: job.to };
  const files = given.advisories.filter(({ path }) => path.endsWith(`${job.id}.json`));
  return { ...common, line: 'cve', subject: { kind: 'advisories', files }, to: null };
}

/** One after the other: on a small machine two installs at once make both slower, and people can follow one. */
async function workAll(requests: readonly RunRequest[], factory: Factory, watch: Watch): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  for (const request of requests) {
    const report = await factory.run(request, watch);
    results.push(...(report.kind === 'one' ? [report.result] : report.runs));
  }
  return results;
}

function answerOf(results: readonly RunResult[], repository: string, call: Call): Answer {
  const missing = expected.filter((verdict) => !results.some((result) => result.verdict === verdict));
  const context = { repository, self: selfCommand(call.world) };
  const closing = { results, missing, repository, self: sameFactoryCommand(call) };
  return {
    exitCode: missing.length === 0 ? 0 : 1,
    document: { ok: missing.length === 0, repository, runs: results },
    text: (page) => [resultsText(results, context, page), '', ...closingLines(closing, page)].join('\n'),
  };
}

interface Closing {
  readonly results: readonly RunResult[];
  readonly missing: readonly Verdict[];
  readonly repository: string;
  readonly self: string;
}

function closingLines({ results, missing, repository, self }: Closing, page: Page): string[] {
  const { paint } = page;
  const [floor] = results.flatMap(({ stages }) => stages.map(({ where }) => where));
  const lines = [`The repository is ${quote(repository)}; \`${self} show RUN\` tells a run event by event.`];
  if (floor !== undefined) {
    const note = floor.tier === 'T0' ? ', without isolation: the example is our own. Give code of strangers a floor with walls' : '';
    lines.push(`Its commands ran on floor '${floor.floor}' (tier ${floor.tier})${note}.`);
  }
  if (missing.length > 0)
    lines.push(paint.red(`Not as expected: no run ended in ${missing.join(' or ')}. \`${self} doctor\` may say why.`));
  return lines;
}
