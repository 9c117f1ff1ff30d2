import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { EvaluationSettings, Evaluation, Judged } from '../../../../core/gateway/evaluation/evaluate.ts';
import type { Task } from '../../../../core/gateway/evaluation/read-outcomes.ts';
import type { PolicyOnRecord } from '../../../../core/gateway/evaluation/recorded-routes.ts';
import { inHundredths } from '../../../../core/gateway/evaluation/saving.ts';
import { type Answer, type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';
import { loggedText, onRecordTable } from './logged-text.ts';
import { textLines } from './text-lines.ts';
import { inDollars, rangesText, shareOf, usdOf, wholeOf } from './numbers.ts';

/** `jidoka route eval`: policies of routing held against each other on recorded outcomes. */
export const routeEval: CommandRecord = {
  path: ['route', 'eval'],
  summary: 'judge routing on recorded outcomes, against the best static plan',
  arguments: [
    { syntax: '[file]', description: 'outcomes in the form of docs/OUTCOMES.md, one JSON object a line; - for what is piped in' },
  ],
  options: [
    {
      flags: '--run <runs>',
      description: 'in place of a file, recorded runs with commas between: what each policy would have taken there',
    },
    { flags: '--seed <n>', description: 'splits the tasks and draws the intervals', preset: '1' },
    {
      flags: '--split <by>',
      description: 'what lies on one side of the split as a whole',
      choices: ['task', 'repository'],
      preset: 'task',
    },
    { flags: '--wrong-cap <share>', description: 'greatest share of wrong deliveries that a policy may come to', preset: '0.05' },
    { flags: '--sensitivity <share>', description: 'right results that pass validation, where a record does not say', preset: '0.95' },
    { flags: '--false-pass <share>', description: 'wrong results that pass validation, where a record does not say', preset: '0.05' },
    { flags: '--validation-usd <usd>', description: 'US dollars of one validation', preset: '0' },
    { flags: '--must-save', description: 'exit with 3 where the router is not shown to save' },
    jsonOption,
  ],
  examples: [
    'route eval outcomes.jsonl',
    'route eval --run bug-login-1f0c9a2b',
    'route eval - --split repository --must-save --json < outcomes.jsonl',
  ],
  run: async (call) => {
    const [[file], runs] = [call.arguments, call.text('run')];
    if ((file === undefined) === (runs === null))
      throw new JidokaError('usage', file === undefined ? 'There is nothing to judge on.' : `Both ${file} and --run were given.`, {
        mend: 'Give a file of outcomes, - for stdin, or --run with ids of recorded runs.',
      });
    return runs === null ? await onOutcomes(call) : await onRuns(runs.split(','), call);
  },
};

async function onOutcomes(call: Call): Promise<Answer> {
  const settings = settingsOf(call);
  const tasks = await tasksOf(call);
  const { isLog } = await import('../../../../core/gateway/evaluation/logged/logged-runs.ts');
  if (isLog(tasks)) return await onLog(tasks, settings, call);
  const { evaluate } = await import('../../../../core/gateway/evaluation/evaluate.ts');
  const found = evaluate(tasks, settings);
  const exitCode = call.flag('must-save') && found.saving === 'not-shown' ? 3 : 0;
  return { exitCode, document: found, text: (page) => evaluationText(found, page) };
}

/** A log that cannot speak for the router is told so by the exit code too. */
async function onLog(tasks: readonly Task[], settings: EvaluationSettings, call: Call): Promise<Answer> {
  const { evaluateLogged } = await import('../../../../core/gateway/evaluation/logged/evaluate-logged.ts');
  const found = evaluateLogged(tasks, settings);
  const isRefused = found.saving === 'cannot-tell' || (call.flag('must-save') && found.saving === 'not-shown');
  return { exitCode: isRefused ? 3 : 0, document: found, text: (page) => loggedText(found, page) };
}

async function onRuns(names: readonly string[], call: Call): Promise<Answer> {
  const { policiesOnRecord } = await import('../../../../core/gateway/evaluation/recorded-routes.ts');
  const explained = await withFactory(call, (factory) => Promise.all(names.map((name) => factory.routing.explain(name.trim()))));
  const routes = explained.flatMap((one) => one.routes.map(({ route }) => route));
  if (routes.length === 0)
    throw new JidokaError(
      'outcomes-invalid',
      `No plan was chosen for ${names.join(', ')}: there is nothing that a policy could be asked about.`,
      {
        mend: 'Name runs whose slot is filled by `auto`: `jidoka route explain RUN` shows what was chosen.',
      },
    );
  const policies = policiesOnRecord(routes);
  const runs = explained.map(({ run }) => run);
  return {
    exitCode: 0,
    document: { kind: 'recorded', runs, routes: routes.length, policies },
    text: (page) => onRunsText(routes.length, policies, page),
  };
}

function onRunsText(routes: number, policies: readonly PolicyOnRecord[], page: Page): string {
  const note = `By what was on record when ${routes} plans were chosen, a job on average. What would have come of it, only logs of many runs tell: jidoka route export.`;
  return `${onRecordTable(policies, page)}\n${page.paint.dim(note)}`;
}

function settingsOf(call: Call): EvaluationSettings {
  const validator = { sensitivity: shareOf(call, 'sensitivity'), falsePass: shareOf(call, 'false-pass') };
  return {
    assumed: { validator, validation: usdOf(call, 'validation-usd') },
    wrongCap: shareOf(call, 'wrong-cap'),
    seed: wholeOf(call, 'seed'),
    splitBy: call.text('split') === 'repository' ? 'repository' : 'task',
  };
}

const charactersOfLine = 100_000;

async function tasksOf({ arguments: [path = ''], world }: Call): Promise<readonly Task[]> {
  const { outcomeReader } = await import('../../../../core/gateway/evaluation/read-outcomes.ts');
  const file = path === '-' ? 'stdin' : path;
  const tooLong = (line: number): JidokaError =>
    new JidokaError('outcomes-invalid', `${file}:${line}: This line has more than ${charactersOfLine} characters.`, {
      mend: 'Write one attempt in each line, as docs/OUTCOMES.md shows.',
    });
  const reader = outcomeReader(file);
  const stream = path === '-' ? world.stdin() : fileOf(resolve(world.cwd, path), path);
  for await (const line of textLines(stream, { most: charactersOfLine, tooLong })) reader.take(line);
  return reader.tasks();
}

async function* fileOf(path: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>; // a stream without an encoding gives bytes
  } catch (cause) {
    if (cause instanceof JidokaError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('outcomes-invalid', `${name} cannot be read: ${why}.`, {
      mend: 'Give a file of outcomes, or - for stdin.',
      cause,
    });
  }
}

function evaluationText({ tasks, models, settings, hull, policies, sentence, saving }: Evaluation, page: Page): string {
  const { paint } = page;
  const columns = ['POLICY', 'PLAN', 'RIGHT %', 'WRONG %', 'USD A TASK', 'SAVED ON STATIC %', 'SAVED ON BEST MODEL %'];
  const rows = policies.map((policy) => rowOf(policy));
  const { assumed, seed, splitBy, wrongCap } = settings;
  return [
    table(
      columns.map((title) => ({ title })),
      rows,
      page,
    ),
    '',
    (saving === 'shown' ? paint.green : paint.yellow)(sentence),
    paint.dim(`Static plans that no mix of others beats, the cheapest first: ${hull.map((plan) => planText(plan)).join(' | ')}.`),
    paint.dim(
      `${models.length} models; ${tasks.chosenOn} tasks to choose on, ${tasks.judgedOn} others to judge on, ${tasks.leftOut} left out without an attempt of every model.`,
    ),
    paint.dim(
      `Split by ${splitBy}, seed ${seed}; at most ${wrongCap * 100} % wrong; where a record does not say, validation passes ${assumed.validator.sensitivity * 100} % of right and ${assumed.validator.falsePass * 100} % of wrong results. ${rangesText(tasks.judgedOn)}.`,
    ),
  ].join('\n');
}

function rowOf({ policy, plan, right, wrong, usd, savedAgainstHull, savedAgainstAlwaysBest }: Judged): string[] {
  return [
    policy,
    plan === null ? 'by job' : planText(plan),
    ...[right, wrong].map((share) => inHundredths(share)),
    inDollars(usd),
    ...[savedAgainstHull, savedAgainstAlwaysBest].map((share) => inHundredths(share)),
  ];
}

function planText(plan: readonly string[]): string {
  return plan.map(plain).join(' > ');
}
