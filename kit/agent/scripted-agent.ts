/** What a scripted agent does when it is asked for a form. */
export interface AgentDeed {
  /** Files to write, by path; null removes one. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Shell lines to run, for what writing cannot do; what becomes of them is not looked at. */
  readonly shell?: readonly string[];
  /** What it hands in; absent where it hands in nothing. */
  readonly report?: object;
  /** What it writes as its result word for word, instead of a report. */
  readonly result?: string;
  readonly exitCode?: number;
}

/** Deeds by form; of several, one for each time that it was objected to, and the last from then on. */
export type AgentScript = Readonly<Partial<Record<string, readonly AgentDeed[]>>>;

/**
 * Names a station that is the program of an agent: it does what a script says and nothing else. It speaks as any program
 * may: it reads its order from JIDOKA_PACKET, and hands in by JIDOKA_RESULT. All of it is in its one argument, so that it
 * runs wherever a floor runs commands, as whatever user.
 *
 * @example
 * ['--station', scriptedAgent({ change: [{ files: { 'src/a.js': '' }, report }] })];
 */
export function scriptedAgent(script: AgentScript): string {
  return `command:node -e eval(Buffer.from('${Buffer.from(programOf(script)).toString('base64')}','base64').toString())`;
}

function programOf(script: AgentScript): string {
  return `const { execSync } = require('node:child_process');
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const script = ${JSON.stringify(script)};
const { assignment, feedback } = JSON.parse(readFileSync(process.env.JIDOKA_PACKET, 'utf8'));
const deeds = script[assignment.form] ?? [];
const deed = deeds[Math.min(feedback.length, deeds.length - 1)] ?? {};
for (const [path, content] of Object.entries(deed.files ?? {})) {
  if (content === null) rmSync(path, { recursive: true, force: true });
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
for (const line of deed.shell ?? []) {
  try {
    execSync(line, { stdio: 'inherit' });
  } catch {}
}
if (deed.result !== undefined) writeFileSync(process.env.JIDOKA_RESULT, deed.result);
if (deed.report !== undefined) writeFileSync(process.env.JIDOKA_RESULT, JSON.stringify({ report: deed.report }));
process.exitCode = deed.exitCode ?? 0;
`;
}
