import type { ExecutorView, StepView } from '../../../../core/ports/engine.ts';
import type { FactoryStatus, WorkSummary } from '../../../../core/ports/factory.ts';
import { facts, minute, type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { limitsText } from './limits.ts';

export interface Seen {
  readonly daemon: { readonly pid: number; readonly url: string; readonly startedAt: string; readonly version: string } | null;
  readonly factory: FactoryStatus;
  /** Words that call this program. */
  readonly self: string;
}

/** Lays out the state of a factory, leaving out what there is nothing of. */
export function statusText(seen: Seen, page: Page): string {
  const { factory } = seen;
  const sections = [
    headLines(seen, page),
    section('workers', workerLines(factory.executors, page), page),
    section('under way', workLines(factory, page), page),
    section('paused', pauseLines(seen), page),
    section('limits', factory.limits.length === 0 ? [] : limitsText(factory.limits, factory.usage, page).split('\n'), page),
    section('waits for a person', personLines(seen), page),
  ];
  const isIdle = factory.open.every(({ kind }) => kind === 'schedule') && factory.gates === 0 && factory.reviews.length === 0;
  if (isIdle) sections.push(['Nothing is under way, and nothing waits for a person.']);
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headLines({ daemon, factory, self }: Seen, page: Page): string[] {
  const up = daemon === null ? `none; \`${self} up\` starts one` : `${daemon.url}, process ${daemon.pid}, up since ${daemon.startedAt}`;
  const other = daemon !== null && daemon.version !== factory.version ? ` (version ${daemon.version}; this is ${factory.version})` : '';
  return facts(
    [
      ['daemon', up + other],
      ['database', plain(factory.database)],
    ],
    page,
  );
}

function section(title: string, lines: readonly string[], { paint }: Page): string[] {
  return lines.length === 0 ? [] : [paint.bold(title), ...lines.map((line) => `  ${line}`)];
}

/** Processes that take work, and dead ones that still hold some. */
function workerLines(executors: readonly ExecutorView[], page: Page): string[] {
  const shown = executors.filter(({ role, isLive, holds }) => role === 'worker' || (!isLive && holds.length > 0));
  if (shown.length === 0) return [];
  const columns = [{ title: 'NAME' }, { title: 'HOST' }, { title: 'BUSY' }, { title: 'QUEUES' }, { title: 'LABELS' }, { title: 'STATE' }];
  const rows = shown.map(({ name, host, holds, atOnce, queues, labels, isLive, since }) => [
    plain(name),
    plain(host),
    `${holds.length}/${atOnce}`,
    queues === null ? 'all' : plain(queues.join(', ')),
    plain(labels.join(', ')),
    isLive ? page.paint.green(`live since ${minute(since)}`) : page.paint.red('dead; others take over what it held'),
  ]);
  return table(columns, rows, page).split('\n');
}

function workLines({ open, executors }: FactoryStatus, page: Page): string[] {
  const shown = open.filter(({ kind }) => kind !== 'schedule');
  return shown.flatMap((work) => [
    `${work.id} ${page.paint.dim(work.line)}`,
    ...stepLines(work, executors, page).map((line) => `  ${line}`),
  ]);
}

function stepLines({ failure, steps }: WorkSummary, executors: readonly ExecutorView[], { paint }: Page): string[] {
  if (failure !== '') return [paint.red(`✗ failed: ${plain(failure)}`)];
  if (steps.length === 0) return [paint.yellow('… rests: it waits for a person or for other runs')];
  return steps.map((step) => `${step.id}: ${stepText(step, executors)}`);
}

function stepText(step: StepView, executors: readonly ExecutorView[]): string {
  if (step.state === 'held') {
    const holder = executors.find(({ id }) => id === step.executor);
    const who = holder === undefined ? 'somebody' : plain(holder.name);
    return step.isLive ? `done by ${who}` : `was done by ${who}, which died; others take it over`;
  }
  const why = step.held.map(plain);
  if (why.length > 0) return `waits: ${why.join('; ')}`;
  return step.notBefore === null ? 'waits to be taken' : `not before ${step.notBefore}`;
}

function pauseLines({ factory, self }: Seen): string[] {
  const lines = factory.pauses.map(({ scope, by, at, why }) => `${plain(scope)} by ${plain(by)} since ${minute(at)}: ${plain(why)}`);
  return lines.length === 0 ? [] : [...lines, `${self} unpause lifts the pause of the factory, --line and --queue others`];
}

function personLines({ factory, self }: Seen): string[] {
  const gates = factory.gates === 0 ? [] : [`${factory.gates === 1 ? '1 gate is' : `${factory.gates} gates are`} open: ${self} gates`];
  const results = factory.reviews.filter(({ id, run }) => id === run);
  const reviews = results.map(({ run, what, since }) => `${run} since ${minute(since)}: ${plain(what)}`);
  return [...gates, ...reviews, ...(reviews.length === 0 ? [] : [`${self} reviewed RUN once you have looked`])];
}
