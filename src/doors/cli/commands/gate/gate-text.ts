import type { GateView } from '../../../../core/ports/factory.ts';
import { facts, minute, type Page, plain } from '../../page.ts';
import { quote } from '../../self-command.ts';
import { table } from '../../table.ts';

export interface Waiting {
  readonly gates: readonly GateView[];
  /** Delivered changes that nobody has looked at yet: no decision is asked of anybody, but they wait for a person, too. */
  readonly results: number;
}

/** Lists open gates, and how they are looked at and answered. */
export function gatesText({ gates, results }: Waiting, self: string, page: Page): string {
  const beside = resultLines(results, self);
  if (gates.length === 0) return ['No gate is open: no run rests for a decision.', ...beside].join('\n');
  const columns = [
    { title: 'GATE' },
    { title: 'OPEN SINCE' },
    { title: 'FOR' },
    { title: 'WHAT', flexible: true },
    { title: 'QUESTION', flexible: true },
  ];
  const rows = gates.map((gate) => [gate.gate, minute(gate.openedAt), gate.roles.join(', '), plain(gate.title), plain(gate.question)]);
  const [first] = gates;
  const commands = first === undefined ? [] : commandLines({ ...first, gate: gates.length === 1 ? first.gate : 'GATE' }, self, page);
  return [table(columns, rows, page), '', ...commands, ...(beside.length === 0 ? [] : ['', ...beside])].join('\n');
}

function resultLines(results: number, self: string): readonly string[] {
  if (results === 0) return [];
  const [waits, them] = results === 1 ? ['1 result waits', 'it'] : [`${results} results wait`, 'them'];
  return [`${waits} to be looked at: ${self} status lists ${them}.`];
}

/** Lays out one gate with all that a person decides by. */
export function gateText(gate: GateView, self: string, page: Page): string {
  const rows = facts(
    [
      ['run', `${gate.run} (${plain(gate.title)}, line ${gate.line})`],
      ['stage', gate.stage],
      ['for', gate.roles.join(' or ')],
      ['opened', gate.openedAt],
      ['expires', gate.state === 'open' ? `${gate.expiresAt}; then it counts as refused` : null],
      ['digest', gate.digest],
      ['closed', gate.state === 'open' ? null : closedText(gate)],
    ],
    page,
  );
  const shown = gate.shown.map((line) => `  ${plain(line)}`);
  const files = gate.files.map(({ path, added, removed }) => `  ${plain(path)} +${added} -${removed}`);
  return [
    `${stateMark(gate, page)}  ${page.paint.bold(plain(gate.question))}`,
    ...rows,
    ...section('what it stands on', shown, page),
    ...section('files', files, page),
    ...(gate.state === 'open' ? ['', ...commandLines(gate, self, page)] : []),
  ].join('\n');
}

export function closedText({ state, by, note }: GateView): string {
  return `${state}${by === '' ? '' : ` by ${plain(by)}`}${note === '' ? '' : `: ${plain(note)}`}`;
}

function commandLines({ gate, choices, digest }: GateView, self: string, { paint }: Page): string[] {
  const name = quote(gate);
  const commands = {
    approve: `${self} approve ${name}`,
    reject: `${self} reject ${name} --note '…'`,
    answer: `${self} answer ${name} '…'`,
  };
  const told = choices.map((choice) => `  ${paint.dim(choice.padEnd(7))}  ${commands[choice]}`);
  return gate === 'GATE'
    ? [...told, `  ${paint.dim('look   ')}  ${self} gates GATE`]
    : [...told, paint.dim(`  --digest ${digest} refuses it where it shows something else by then`)];
}

function section(title: string, lines: readonly string[], { paint }: Page): string[] {
  return lines.length === 0 ? [] : ['', paint.dim(title), ...lines];
}

function stateMark({ state }: GateView, { paint }: Page): string {
  if (state === 'open') return paint.yellow('? open');
  return state === 'approved' || state === 'answered' ? paint.green(`✓ ${state}`) : paint.red(`✗ ${state}`);
}
