import type { CutOff } from '../../../../core/gateway/cutoff/cut-off.ts';
import type { LiveSetting } from '../../../../core/gateway/config/setting.ts';
import type { Drill } from '../../../../core/gateway/cutoff/drill.ts';
import type { FateKind } from '../../../../core/gateway/cutoff/stage-fate.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { settingText } from '../gateway/setting-text.ts';
import type { LiveShow } from './cutoff-live.ts';

interface Looked {
  readonly isLedger: boolean;
  readonly settings: readonly LiveSetting[];
  readonly ms: number;
}

const whatColumn = { title: 'WHAT', flexible: true };

/** What one cut-off does, for people: line by line and stage by stage, then the runs that have not ended. */
export function cutOffText({ cut, lines, runs, faults }: CutOff, looked: Looked, page: Page): string {
  const rows = lines.flatMap(({ line, mustSurvive, stages }) => {
    const name = `${plain(line)}${mustSurvive ? ' (must survive)' : ''}`;
    if (stages.length === 0) return [[name, '', mark('untouched', page), 'It asks no model.']];
    return stages.map(({ stage, kind, sentence }, at) => [at === 0 ? name : '', plain(stage), mark(kind, page), plain(sentence)]);
  });
  const openRuns = runs.map(({ run, kind, sentence }) => [run, mark(kind, page), plain(sentence)]);
  return [
    page.paint.bold(`Without ${cut.kind} ${plain(cut.name)}`),
    table([{ title: 'LINE' }, { title: 'STAGE' }, { title: 'FATE' }, whatColumn], rows, page),
    ...(openRuns.length === 0 ? [] : ['', table([{ title: 'OPEN RUN' }, { title: 'FATE' }, whatColumn], openRuns, page)]),
    '',
    ...closing(faults, { ...looked, lines: lines.length, runs: runs.length, isMarked: lines.some(({ mustSurvive }) => mustSurvive) }, page),
  ].join('\n');
}

/** What each cut-off does to each line, for people: one row for each thing that could be taken away. */
export function drillText({ cutOffs, faults, closedOnly }: Drill, looked: Looked, page: Page): string {
  const lines = cutOffs[0]?.lines.map(({ line }) => line) ?? [];
  const rows = cutOffs.map(({ cut, lines: fates, runs }) => [
    `${cut.kind} ${plain(cut.name)}`,
    ...fates.map(({ kind }) => mark(kind, page)),
    `${runs.filter(({ kind }) => kind === 'stops').length} of ${runs.length}`,
  ]);
  const columns = [{ title: 'WITHOUT' }, ...lines.map((line) => ({ title: plain(line).toUpperCase() })), { title: 'RUNS THAT STOP' }];
  return [
    table(columns, rows, page),
    '',
    ...(closedOnly.length === 0 ? [] : [`Only models with closed weights can do a stage of: ${closedOnly.map(plain).join(', ')}.`]),
    ...closing(faults, { ...looked, lines: lines.length, runs: cutOffs[0]?.runs.length ?? 0, isMarked: isAnyMarked(cutOffs) }, page),
  ].join('\n');
}

/** What was seen of lines while something was really cut off, for people. */
export function liveText({ from, to, lines }: LiveShow, page: Page): string {
  const { paint } = page;
  const marks = { finishes: paint.green('finishes'), fails: paint.red('fails'), 'not-seen': paint.yellow('not seen to finish') };
  const rows = lines.map(({ line, shown, ended, open, calls }) => [
    plain(line),
    marks[shown],
    ended.map(({ run, verdict }) => `${run} ${verdict}`).join(', '),
    String(open.length),
    calls.map(({ provider, calls: count }) => `${plain(provider)} ${count}`).join(', '),
  ]);
  const columns = ['LINE', 'SHOWN', 'ENDED MEANWHILE', 'STILL OPEN', 'CALLS ANSWERED BY'];
  return [
    table(
      columns.map((title) => ({ title })),
      rows,
      page,
    ),
    '',
    paint.dim(`Cut off from ${from} to ${to}, and given back.`),
  ].join('\n');
}

function isAnyMarked(cutOffs: Drill['cutOffs']): boolean {
  return cutOffs.some(({ lines }) => lines.some(({ mustSurvive }) => mustSurvive));
}

interface Counted extends Looked {
  readonly lines: number;
  readonly runs: number;
  /** Whether any line is to survive what was cut. */
  readonly isMarked: boolean;
}

function closing(
  faults: readonly string[],
  { isLedger, settings, ms, lines, runs, isMarked }: Counted,
  { paint }: Page,
): readonly string[] {
  const ledger = isLedger ? `${runs} open runs` : 'no runs, as there is no ledger yet';
  const told = faults.map((fault) => paint.red(`✗ ${plain(fault)}`));
  const good = isMarked
    ? paint.green('✓ Every line that must survive does.')
    : paint.yellow(
        'No line must survive it: say so of those that must, under "lines: { LINE: { mustSurvive: [provider, vendor, region] } }".',
      );
  const set = settings.map((setting) => paint.dim(`It goes by what is set now: ${settingText(setting)}`));
  return [
    ...(told.length === 0 ? [good] : told),
    ...set,
    paint.dim(`Looked at ${lines} lines and ${ledger}, in ${(ms / 1000).toFixed(1)} s.`),
  ];
}

function mark(kind: FateKind, { paint }: Page): string {
  const marks = {
    untouched: paint.green('untouched'),
    'falls-back': paint.yellow('falls back'),
    unknown: paint.yellow('unknown'),
    stops: paint.red('stops'),
  };
  return marks[kind];
}
