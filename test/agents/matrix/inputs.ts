import { mends, slugFiles } from '../../bug/slugs.ts';
import type { Case } from './case.ts';
import { changeBy, everyPartBy, stepsOf } from './steps.ts';
import { agentScript } from '../../bug/slugs.ts';

const honest = changeBy(stepsOf(mends, slugFiles));
/** A program that is its own argument, so that it runs wherever a floor runs commands. */
const program = (code: string): readonly string[] => [
  'node',
  '-e',
  `eval(Buffer.from('${Buffer.from(code).toString('base64')}','base64').toString())`,
];
const nothing = { scripts: [{ steps: [{ say: 'Nobody asks.' }] }] };

const tickets: readonly Case[] = [
  {
    group: 'inputs',
    name: 'empty-ticket',
    statement: 'a ticket without a word',
    agents: ['claude-code'],
    ticket: '\n \n',
    expected: ['REFUSED ticket-invalid'],
    scenario: honest,
  },
  {
    group: 'inputs',
    name: 'title-only-ticket',
    statement: 'a ticket that says that it is broken, and nothing else',
    agents: ['codex'],
    ticket: '# It is broken\n',
    expected: ['ESCALATE missing-context'],
    scenario: honest,
  },
  {
    group: 'inputs',
    name: 'german-ticket',
    statement: 'a ticket in German',
    agents: ['claude-code', 'gemini'],
    parts: 'all',
    ticket:
      "# Buchstaben mit Akzenten gehen verloren\n\n## Tatsächlich\n`slug('Crème Brûlée')` ergibt 'cr-me-br-l-e'.\n\n## Erwartet\nEs ergibt 'creme-brulee', und 'angstrom-uber' für 'Ångström Über'.\n",
    expected: ['PR_READY validated'],
    scenario: everyPartBy(agentScript(), slugFiles),
  },
  {
    group: 'inputs',
    name: 'japanese-ticket',
    statement: 'a ticket in Japanese',
    agents: ['codex', 'opencode'],
    parts: 'all',
    ticket:
      "# アクセント付きの文字がスラッグから消えます\n\n`slug('Crème Brûlée')` は 'cr-me-br-l-e' を返しますが、'creme-brulee' を返すべきです。'Ångström Über' は 'angstrom-uber' になるべきです。\n",
    expected: ['PR_READY validated'],
    scenario: everyPartBy(agentScript(), slugFiles),
  },
];

/** A program in the place of an agent, over the Agent Client Protocol and as a plain command. */
interface Stranger {
  readonly name: string;
  readonly statement: string;
  readonly code: string;
  readonly acp: readonly string[];
  readonly command: readonly string[];
}

const crash = 'RETRYABLE_FAILURE crash';
const strangers: readonly Stranger[] = [
  {
    name: 'does-nothing',
    statement: 'ends with 0 and has done nothing',
    code: 'process.exit(0)',
    acp: ['ESCALATE station-failed', crash],
    command: ['ESCALATE claim-without-change'],
  },
  {
    name: 'floods',
    statement: 'writes 100 MB and ends',
    code: 'const b=Buffer.alloc(1048576,"x");let n=0;const go=()=>{while(n++<100)if(!process.stdout.write(b)){process.stdout.once("drain",go);return}};go()',
    acp: ['ESCALATE station-failed', crash],
    command: ['ESCALATE claim-without-change', 'RETRYABLE_FAILURE *'],
  },
  {
    name: 'floods-in-lines',
    statement: 'writes 100 MB of JSON that is no message',
    code: `const b=Buffer.from('{"a":1}\\n'.repeat(131072));let n=0;const go=()=>{while(n++<100)if(!process.stdout.write(b)){process.stdout.once("drain",go);return}};go()`,
    // Thirteen million messages take a busy machine longer than the line gives it.
    acp: ['ESCALATE station-failed', crash, 'RETRYABLE_FAILURE timeout'],
    command: ['ESCALATE claim-without-change', 'RETRYABLE_FAILURE *'],
  },
  {
    name: 'garbage',
    statement: 'writes bytes that are no text, on both streams',
    code: 'const {randomBytes}=require("crypto");process.stdout.write(randomBytes(300000));process.stderr.write(Buffer.from([0xff,0xfe,0x0a,0xc3,0x28,0]));process.stdout.write("\\n{\\"jsonrpc\\":7}\\n\\u0000\\n[1,2]\\nnull\\n")',
    acp: ['ESCALATE station-failed', crash],
    command: ['ESCALATE claim-without-change'],
  },
  {
    name: 'never-speaks',
    statement: 'says nothing and does not end',
    code: 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)',
    acp: ['RETRYABLE_FAILURE stall'],
    command: ['RETRYABLE_FAILURE stall'],
  },
  {
    name: 'deletes',
    statement: 'deletes the repository with its history',
    code: 'const fs=require("fs");for(const n of fs.readdirSync("."))fs.rmSync(n,{recursive:true,force:true})',
    acp: ['ESCALATE station-failed', crash],
    command: ['ESCALATE *'],
  },
  {
    name: 'daemon',
    statement: 'leaves a process of its own session behind and ends',
    code: 'require("child_process").spawn("sleep",["86397"],{detached:true,stdio:"ignore",env:{}}).unref()',
    acp: ['ESCALATE station-failed', crash],
    command: ['ESCALATE claim-without-change'],
  },
  {
    name: 'kills-itself',
    statement: 'ends by a signal',
    code: 'process.kill(process.pid,"SIGSEGV")',
    acp: [crash],
    command: ['ESCALATE station-failed', crash],
  },
];

const limits = { stall: '8s', timeout: '60s' };

/** Tickets and programs that nobody should have to expect. */
export const inputs: readonly Case[] = [
  ...tickets,
  {
    group: 'inputs',
    name: 'not-installed',
    statement: 'is not there',
    agents: ['acp:claude-code'],
    without: 'claude-agent-acp',
    expected: ['ESCALATE environment'],
    scenario: honest,
    also: ({ result }) => (result?.reason.message.includes('jidoka station add') === true ? [] : ['nobody is told how to install it']),
  },
  {
    group: 'inputs',
    name: 'not-installed-handover',
    statement: 'is not there, and another is',
    agents: ['acp:claude-code'],
    without: 'claude-agent-acp',
    next: ['claude-code'],
    expected: ['PR_READY validated'],
    scenario: honest,
  },
  ...strangers.flatMap(({ name, statement, code, acp, command }): readonly Case[] => [
    { group: 'inputs', name, statement, agents: ['acp'], run: program(code), limits, expected: acp, scenario: nothing },
    { group: 'inputs', name, statement, agents: ['command'], run: program(code), limits, expected: command, scenario: nothing },
  ]),
];
