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
import { root, writeOrCheck } from './generated.mjs';

const lines = ['deps', 'cve'];

writeOrCheck(
  new Map([
    ['docs/ERRORS.md', errorsPage()],
    ['docs/CHECKS.md', checksPage()],
    ['docs/CLI.md', cliPage()],
    ['docs/API.md', apiPage()],
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
