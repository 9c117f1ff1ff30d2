import type { AgentScript } from './scripted-agent.ts';

/** Where a double stops and waits, once each: before its first word, after it, with its files written, with its report accepted. */
export type HoldPoint = 'start' | 'told' | 'edited' | 'reported';

export interface ClaudeDouble {
  /** What it does for each form, the first of each; files and reports alone. */
  readonly script: AgentScript;
  /** Words of the role by which it knows the form that it is asked for. */
  readonly forms: Readonly<Record<string, string>>;
  /** Folder in which it writes down what it hears (`heard`), and in which the tests let it go on. */
  readonly folder: string;
  /** Point at which it stops in the form `change`: it makes the file `at` in its folder and waits there for the file `go`. */
  readonly hold: HoldPoint | null;
}

/**
 * The text of a program that stands in for Claude Code: it reads its order from stdin, tells of its session, writes
 * files, hands in at the report desk, and goes on where it was with `--resume`. It asks no model.
 *
 * @example
 * await writeFile(join(folder, 'claude'), claudeDouble({ script, forms, folder, hold: 'edited' }), { mode: 0o755 });
 */
export function claudeDouble({ script, forms, folder, hold }: ClaudeDouble): string {
  const deeds = Object.fromEntries(Object.entries(script).map(([form, all]) => [form, all?.[0] ?? {}]));
  return `#!/usr/bin/env node\nconst given = ${JSON.stringify({ deeds, forms, folder, hold })};\n${program}`;
}

const program = `const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { randomUUID } = require('node:crypto');
const args = process.argv.slice(2);
const after = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : null);
const home = process.env.CLAUDE_CONFIG_DIR;
const fileOf = (session) => join(home, session + '.json');
const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n');

if (args.includes('--version')) console.log('2.1.329 (Claude Code)');
else main();

async function main() {
  const order = readFileSync(0, 'utf8');
  const former = after('--resume');
  if (former !== null && !existsSync(fileOf(former))) return end(former, 'No conversation found with session ID: ' + former, true);
  const session = former ?? randomUUID();
  const role = readFileSync(join(home, 'CLAUDE.md'), 'utf8');
  const form = Object.keys(given.forms).find((one) => role.includes(given.forms[one]));
  appendFileSync(join(given.folder, 'heard'), JSON.stringify({ form, session, former, order: order.slice(0, 200) }) + '\\n');
  await point(form, 'start');
  say({ type: 'system', subtype: 'init', session_id: session, model: 'double' });
  await point(form, 'told');
  const state = former === null ? { edited: false } : JSON.parse(readFileSync(fileOf(session), 'utf8'));
  const keep = () => writeFileSync(fileOf(session), JSON.stringify(state));
  keep();
  const deed = given.deeds[form] ?? {};
  if (!state.edited) for (const [path, text] of Object.entries(deed.files ?? {})) write(path, text);
  state.edited = true;
  keep();
  await point(form, 'edited');
  const said = deed.report === undefined ? 'Nothing to report.' : await report(deed.report);
  await point(form, 'reported');
  end(session, said, false);
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  say({ type: 'assistant', message: { content: [{ type: 'text', text: 'I wrote ' + path }] } });
}

async function report(value) {
  const desk = JSON.parse(readFileSync(after('--mcp-config'), 'utf8')).mcpServers.jidoka.url;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'report', arguments: value } });
  const answer = await fetch(desk, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body });
  return answer.text();
}

async function point(form, name) {
  if (form !== 'change' || name !== given.hold || existsSync(join(given.folder, 'go'))) return;
  writeFileSync(join(given.folder, 'at'), String(process.pid));
  while (!existsSync(join(given.folder, 'go'))) await new Promise((resolve) => setTimeout(resolve, 20));
}

function end(session, result, isError) {
  say({ type: 'result', subtype: isError ? 'error_during_execution' : 'success', is_error: isError, session_id: session, result, errors: isError ? [result] : [] });
  process.exitCode = isError ? 1 : 0;
}
`;
