// Writes the reference pages from what they describe; with --check only compares.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { decisionCodes, errorCodes, usageCodes } from '../dist/src/core/base/error.js';
import { checkStatements } from '../dist/src/core/evidence/check.js';
import { failureClasses } from '../dist/src/core/evidence/fact.js';
import { exitCode, proofObligations, verdicts } from '../dist/src/core/verdict/verdict.js';
import { routeTable } from '../dist/src/doors/api/index.js';
import { capabilities } from '../dist/src/plant/station/index.js';
import { root, writeOrCheck } from './generated.mjs';

const lines = ['deps', 'cve', 'bug', 'review', 'flaky'];

writeOrCheck(
  new Map([
    ['docs/ERRORS.md', errorsPage()],
    ['docs/CHECKS.md', checksPage()],
    ['docs/CLI.md', cliPage()],
    ['docs/API.md', apiPage()],
    ['docs/stations.md', stationsPage()],
  ]),
  { noun: 'pages', command: 'npm run docs' },
);

/** Its words are written by hand, its table of routes is not. */
function apiPage() {
  const text = readFileSync(join(root, 'docs/API.md'), 'utf8');
  const written = text.replace(/^\| Route \|[^]*?\n(?=\n)/m, routeTable().trimEnd() + '\n');
  if (!written.includes(routeTable().trimEnd())) throw new Error('docs/API.md has no table of routes to write.');
  return written;
}

function errorsPage() {
  const codes = Object.entries(errorCodes).map(([code, meaning]) => [`\`${code}\``, meaning, faultExit(code)]);
  const ends = verdicts.map((verdict) => [
    `\`${verdict}\``,
    String(exitCode(verdict, { detailed: false })),
    String(exitCode(verdict, { detailed: true })),
  ]);
  return page('Errors and exit codes', 'src/core/base/error.ts and src/core/verdict/verdict.ts', [
    'A run that reaches a verdict exits by the verdict. All four are answers, none is an error.',
    table(['Verdict', 'Exit code', 'with `--detailed-exitcode`'], ends),
    'A fault is an error with a code, a message that says what happened, and a mend that says what to do next.',
    table(['Code', 'What happened', 'Exit code'], codes),
  ]);
}

/** @param {string} code */
function faultExit(code) {
  if (code === 'interrupted') return '128 and the signal’s number: 130 for Ctrl-C';
  if (decisionCodes.has(/** @type {keyof typeof errorCodes} */ (code))) return '3';
  return usageCodes.has(/** @type {keyof typeof errorCodes} */ (code)) ? '2' : '1';
}

function checksPage() {
  const checks = Object.entries(checkStatements).map(([check, statement]) => [
    `\`${check}\``,
    `${statement}`,
    ...lines.map((line) => demandOf(line, check)),
  ]);
  const classes = Object.entries(failureClasses).map(([name, { retryable, statement, waitMs }]) => [
    `\`${name}\``,
    statement,
    retryable ? '`RETRYABLE_FAILURE`, after bounded retries' : '`ESCALATE`',
    retryable ? `${waitMs / 1000} s, doubled each time` : '',
  ]);
  return page('Checks, proofs and failures', 'src/core/evidence, src/core/verdict and lines', [
    '## What inspection checks',
    'A check is a statement that the factory itself holds against the change. For `PR_READY`, what `must-hold` has to be observed to hold; what `must-not-break` may stay unknown and is then named as residual risk; a `report` decides nothing.',
    table(['Check', 'Holds where', ...lines.map((line) => `\`${line}\``)], checks),
    '## What a verdict must show',
    table(
      ['Verdict', 'Proof'],
      Object.entries(proofObligations).map(([verdict, proof]) => [`\`${verdict}\``, proof]),
    ),
    '## When nothing is owed',
    'A no-op rule ends a run with `NO_OP` where the factory has the proof, and with `ESCALATE` where it has not.',
    ...lines.flatMap((line) => [
      `### \`${line}\``,
      table(
        ['Rule', 'Statement', 'Proof'],
        readLine(line).noOpRules.map(({ code, statement, proof }) => [`\`${code}\``, statement, proof]),
      ),
    ]),
    '## When work could not be done',
    table(['Class', 'What happened', 'Ends in', 'Tried again after'], classes),
  ]);
}

function cliPage() {
  const top = helpOf([]);
  const [, listed = ''] = top.split(/^Commands:\n/m);
  const [section = ''] = listed.split('\n\n');
  const commands = [...section.matchAll(/^ {2}([a-z-]+(?: [a-z-]+)*)/gm)].map((match) => (match[1] ?? '').split(' '));
  if (commands.length === 0) throw new Error(`No command is listed in:\n${top}`);
  const sections = [[], ...commands].flatMap((command) => [
    `## \`${['jidoka', ...command].join(' ')}\``,
    `\`\`\`text\n${helpOf(command)}\n\`\`\``,
  ]);
  return page('The command line', 'the program’s own --help', sections);
}

function stationsPage() {
  const yes = (/** @type {boolean} */ is) => (is ? 'yes' : 'no');
  const rows = capabilities.map((one) => [
    `\`${one.driver}\``,
    one.adapter === null ? 'itself' : `\`${one.adapter}\``,
    one.resume === 'new-process' ? 'in a new process' : 'in the same process',
    one.cancel ? 'by asking' : 'by ending it',
    one.usage === null ? 'no' : `by ${one.usage}`,
    yes(one.cost),
    one.budgets.join(', ') || 'no',
    yes(one.structuredOutput),
    one.instructions === 'file' ? 'a file of its home' : 'the first prompt',
    one.errors,
  ]);
  const holds = capabilities.map(({ driver, holds: { read, edit, all } }) => [`\`${driver}\``, read, edit, all]);
  const caveats = capabilities.flatMap(({ driver, caveats: own }) => own.map((caveat) => [`\`${driver}\``, caveat]));
  return page('Stations', 'src/plant/station/capabilities.ts', [
    'Coding agents that can do a job of a line, each by the name that a line calls it by. Whichever it is, it works behind the walls of the floor, its time is ours, and nothing that it says counts but the report that it hands in at the desk. A bare name drives the agent by its own stream of JSON; `acp:` drives it over the Agent Client Protocol. `model:NAME` is no agent: one call to a model, for judgements.',
    'A role that needs what a station does not give is not given to it: of several stations of a stage the next one that gives it works, and the ledger says who was passed over (`station.handed-over`); where none gives it, the run does not begin.',
    '## What each gives',
    table(
      [
        'Driver',
        'Spoken for by',
        'Asked again',
        'A turn is ended',
        'Tokens',
        'Cost',
        'Own budgets',
        'Own schema for answers',
        'Its role stands in',
        'Tells errors by',
      ],
      rows,
    ),
    '## What keeps each to its reach',
    'A role may look only (`read`), change files too (`edit`), or run commands as well (`all`). `tools`: it has no others. `asks`: it asks before it uses one, and the role answers. `sandbox`: one of its own, within ours. `nothing`: nothing is kept from it but what the walls keep.',
    table(['Driver', '`read`', '`edit`', '`all`'], holds),
    '## What to know',
    table(['Driver', 'Note'], caveats),
  ]);
}

/** @param {readonly string[]} command */
function helpOf(command) {
  const program = join(root, 'dist/src/doors/cli/main.js');
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' };
  return execFileSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8', env }).trimEnd();
}

/**
 * @param {string} line
 * @returns {import('../dist/src/core/line/line.js').Line}
 */
function readLine(line) {
  return parse(readFileSync(join(root, `lines/${line}/line.yaml`), 'utf8'));
}

/**
 * @param {string} line
 * @param {string} check
 */
function demandOf(line, check) {
  return readLine(line).inspection.find((candidate) => candidate.check === check)?.demand ?? '';
}

/**
 * @param {string} title
 * @param {string} source
 * @param {readonly string[]} blocks
 */
function page(title, source, blocks) {
  return `${[`# ${title}`, `<!-- Written by \`npm run docs\` from ${source}. -->`, ...blocks].join('\n\n')}\n`;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const row = (/** @type {readonly string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
