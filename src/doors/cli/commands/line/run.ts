import { JidokaError } from '../../../../core/base/error.ts';
import type { Factory, GateView, RunReport, RunRequest, Submitted } from '../../../../core/ports/factory.ts';
import { exitCode, exitCodeOfAll } from '../../../../core/verdict/verdict.ts';
import { type Answer, type Call, type CommandRecord, jsonOption, type OptionRecord } from '../../command.ts';
import { heirOf } from '../../live/heir.ts';
import { watchingRuns } from '../../live/watching-runs.ts';
import { untilGate, type UntilGate, type Watched } from '../../live/until-gate.ts';
import { resultsText, resultText } from '../../result-text.ts';
import { sameFactoryCommand, selfCommand } from '../../self-command.ts';
import { warnUnconfined } from '../unconfined.ts';
import { type Beside, withFactory } from '../../with-factory.ts';
import { gateText } from '../gate/gate-text.ts';
import { type LineCommand, requestOf, requestOptions } from './request.ts';

/** Exit code of `--until-gate` where the run waits for a person. */
const waitsForPerson = 5;

const wayOptions: readonly OptionRecord[] = [
  { flags: '--detach', description: 'leave it to a worker and return at once' },
  { flags: '--not-before <time>', description: 'with --detach: an ISO time before which it is not taken up' },
  { flags: '--watch', description: 'tell every event of the ledger as it comes' },
  { flags: '--until-gate', description: 'return with exit code 5 when nothing goes on but by a person' },
  jsonOption,
  { flags: '--detailed-exitcode', description: 'end with 10 instead of 0 for NO_OP' },
];

/** Makes the `jidoka run` of a line. */
export function runCommand(line: LineCommand): CommandRecord {
  return {
    path: ['run', line.name],
    summary: line.summary,
    arguments: [],
    options: [...requestOptions(line), ...wayOptions],
    examples: line.examples.map((example) => `run ${line.name} ${example}`),
    run: async (call) => {
      refuseTwoWays(call);
      const request = await requestOf(line, call);
      return call.flag('detach') ? leave(request, call) : work(request, call);
    },
  };
}

function refuseTwoWays(call: Call): void {
  if (call.text('not-before') !== null && !call.flag('detach'))
    throw new JidokaError('usage', '--not-before is for work that is left to a worker.', { mend: 'Give it together with --detach.' });
  const other = ['watch', 'until-gate'].find((way) => call.flag(way));
  if (!call.flag('detach') || other === undefined) return;
  throw new JidokaError('usage', `--detach returns at once, and --${other} waits.`, {
    mend: 'Leave one of them out; `jidoka watch` follows what was left to a worker.',
  });
}

async function leave(request: RunRequest, call: Call): Promise<Answer> {
  const { submitted, heir } = await withFactory(call, async (factory) => ({
    submitted: await factory.submit(request, { ...whenOf(call.text('not-before')) }),
    heir: await heirOf(factory),
  }));
  return { exitCode: 0, document: submitted, text: () => leftText(submitted, heir, sameFactoryCommand(call)) };
}

function whenOf(text: string | null): { readonly notBefore?: string } {
  if (text === null) return {};
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return { notBefore: new Date(at).toISOString() };
  throw new JidokaError('usage', `--not-before ${text} is no time.`, { mend: 'Give an ISO time, as in 2026-12-01T06:00:00Z.' });
}

function leftText({ request, state }: Submitted, heir: string | null, self: string): string {
  const what = state === 'new' ? `Left as ${request}` : `It was left before, as ${request}`;
  if (heir === null) return `${what}. No worker is there to take it up: \`${self} up\` starts one.`;
  return `${what}, for ${heir} to take up. \`${self} status\` tells of it, \`${self} watch\` follows.`;
}

async function work(request: RunRequest, call: Call): Promise<Answer> {
  const ending = await withFactory(call, (factory, beside) => workHere(request, call, { factory, beside }));
  return ending.kind === 'done' ? reportAnswer(ending.result, request, call) : waitAnswer(ending, call);
}

interface Here {
  readonly factory: Factory;
  readonly beside: Beside;
}

async function workHere(request: RunRequest, call: Call, { factory, beside }: Here): Promise<UntilGate<RunReport>> {
  warnUnconfined(call, beside);
  const run: Watched<RunReport> = (watch, signal) => factory.run(request, watch, signal);
  const watching: Watched<RunReport> = (watch, signal) =>
    watchingRuns({ call, factory, beside: { ...beside, watch } }, (told) => run(told, signal));
  const watched = call.flag('watch') ? watching : run;
  if (call.flag('until-gate')) return untilGate(factory, watched, beside.watch);
  return { kind: 'done', result: await watched(beside.watch) };
}

function reportAnswer(report: RunReport, { repository }: RunRequest, call: Call): Answer {
  const detailed = call.flag('detailed-exitcode');
  const context = { repository, self: selfCommand(call.world) };
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

function waitAnswer({ runs, gates }: { readonly runs: readonly string[]; readonly gates: readonly GateView[] }, call: Call): Answer {
  const self = sameFactoryCommand(call);
  const [run, ...others] = runs;
  const which = others.length === 0 ? { run } : { runs };
  return {
    exitCode: waitsForPerson,
    document: { ...which, state: 'waiting', gates },
    text: (page) => gates.map((gate) => gateText(gate, self, page)).join('\n\n'),
  };
}
