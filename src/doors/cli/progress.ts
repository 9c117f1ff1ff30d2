import type { Progress, Watch } from '../../core/ports/factory.ts';
import { assertNever } from '../../core/base/assert-never.ts';
import { duration, fit, pageOf, plain, verdictMark, type Page } from './page.ts';
import { quote } from './self-command.ts';
import type { World } from './world.ts';

/** Tells on stderr what happens: on a terminal with a live line, elsewhere in plain lines. */
export interface ProgressTeller {
  readonly watch: Watch;
  /** Says a line without disturbing the live one. */
  say(line: string): void;
  /** The same with a line that is laid out already: what is from outside in it was made harmless. */
  print(line: string): void;
  /** Runs that were begun and have not ended. */
  underWay(): readonly string[];
  /** Removes the live line; nothing is told after it. */
  stop(): void;
}

interface Active {
  readonly title: string;
  stage: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  note: string;
}

/** Begins to tell; `stop` must be called before anything else is printed. `self` are the words that call this program. */
export function startProgress(world: World, self: string, options: { readonly live: boolean } = { live: true }): ProgressTeller {
  const page = pageOf(world.stderr, world.env);
  const active = new Map<string, Active>();
  const live = startLiveLine(world, options.live, () => liveText(active, world, page));
  return {
    watch: (progress) => live.above(told(progress, active, { world, page, self, live: live.shown })),
    say: (line) => live.above([plain(line)]),
    print: (line) => live.above([line]),
    underWay: () => [...active.keys()],
    stop: live.stop,
  };
}

interface LiveLine {
  readonly shown: boolean;
  above(lines: readonly string[]): void;
  stop(): void;
}

const clearLine = '\r\u001B[2K';

function startLiveLine(world: World, wanted: boolean, text: () => string): LiveLine {
  const shown = wanted && world.stderr.isTTY && world.env['TERM'] !== 'dumb' && (world.env['CI'] ?? '') === '';
  const draw = (): void => world.stderr.write(clearLine + text());
  const end = shown ? world.every(100, draw) : () => undefined;
  return {
    shown,
    above(lines) {
      const block = lines.map((line) => `${line}\n`).join('');
      if (block !== '') world.stderr.write(shown ? clearLine + block : block);
    },
    stop() {
      end();
      if (shown) world.stderr.write(clearLine);
    },
  };
}

function liveText(active: ReadonlyMap<string, Active>, world: World, page: Page): string {
  const [first, ...others] = active.values();
  const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'.charAt(Math.floor(world.now() / 100) % 10);
  if (first === undefined) return `  ${spinner} preparing`;
  const elapsed = duration(world.now() - first.startedAt);
  const more = others.length > 0 ? ` (+${others.length} more)` : '';
  return fit(`  ${spinner} ${first.stage} ${elapsed}${more}  ${first.note}`.trimEnd(), page.width - 1);
}

interface Teller {
  readonly world: World;
  readonly page: Page;
  readonly self: string;
  readonly live: boolean;
}

/** Notes what happened and gives the lines that stay. */
function told(progress: Progress, active: Map<string, Active>, teller: Teller): string[] {
  const { paint } = teller.page;
  switch (progress.kind) {
    case 'planned':
      return [`${progress.runs === 1 ? '1 run' : `${progress.runs} runs`}: ${plain(progress.message)}`];
    case 'run':
      active.set(progress.run, { title: plain(progress.title), stage: 'starting', startedAt: teller.world.now(), note: '' });
      return [`${paint.bold(plain(progress.title))} ${paint.dim(`(${progress.run})`)}${joinedText(progress.joined)}`];
    case 'stage':
      return stageLines(progress, active, teller);
    case 'note':
      return noteLines(progress, active, teller);
    case 'waits':
      return waitLines(progress, active, teller);
    case 'ended':
      active.delete(progress.result.run);
      return [`  ${verdictMark(progress.result.verdict, teller.page)}${active.size > 0 ? ` ${progress.result.run}` : ''}`];
    case 'warning':
      return [`${paint.yellow('!')} ${plain(progress.message)}`];
    default:
      return assertNever(progress);
  }
}

function joinedText(joined: Extract<Progress, { kind: 'run' }>['joined']): string {
  const texts = {
    new: '',
    'under-way': ': joined, another process works on it',
    resumed: ': goes on where it stopped',
    ended: ': has ended before; --again runs it anew',
  };
  return texts[joined];
}

function stageLines(progress: Extract<Progress, { kind: 'stage' }>, active: Map<string, Active>, teller: Teller): string[] {
  const { paint } = teller.page;
  const run = active.get(progress.run);
  const prefix = active.size > 1 ? `  ${paint.dim(progress.run)} ` : '  ';
  if (progress.state === 'started') {
    if (run !== undefined) Object.assign(run, { stage: progress.stage, startedAt: teller.world.now(), note: plain(progress.message) });
    return teller.live ? [] : [`${prefix}${progress.stage} …`];
  }
  const mark = progress.state === 'done' ? paint.green('✓') : paint.red('✗');
  const took = run === undefined ? '' : ` ${paint.dim(duration(teller.world.now() - run.startedAt))}`;
  return [`${prefix}${mark} ${progress.stage}${took}  ${plain(progress.message)}`.trimEnd()];
}

/** What a run waits for stays in sight: it may take days. */
function waitLines(progress: Extract<Progress, { kind: 'waits' }>, active: Map<string, Active>, teller: Teller): string[] {
  const { paint } = teller.page;
  const run = active.get(progress.run);
  const reason = plain(progress.reason);
  if (run !== undefined) Object.assign(run, { stage: 'waits', startedAt: teller.world.now(), note: reason });
  const prefix = active.size > 1 ? `  ${paint.dim(progress.run)} ` : '  ';
  const line = `${prefix}${paint.yellow('…')} waits: ${reason}`;
  return progress.gate === null ? [line] : [line, ...gateLines(progress.gate, teller)];
}

function gateLines(gate: string, { page: { paint }, self }: Teller): string[] {
  const name = quote(gate);
  return [
    `    ${paint.dim('look:   ')} ${self} gates ${name}`,
    `    ${paint.dim('decide: ')} ${self} approve ${name}`,
    `    ${paint.dim('     or ')} ${self} reject ${name} --note '…'`,
  ];
}

function noteLines(progress: Extract<Progress, { kind: 'note' }>, active: Map<string, Active>, teller: Teller): string[] {
  const run = active.get(progress.run);
  if (run !== undefined) run.note = plain(progress.message);
  return teller.live ? [] : [`  · ${plain(progress.message)}`];
}
