import { ToolVersion } from '../../core/environment/environment-spec.ts';
import { holdsSecret, within, type Asked } from './commands.ts';
import { complain, type Document } from './document.ts';
import { inside, type RepositoryFiles } from './files.ts';
import { lookUp, shown, type Found, type Refusal, type Words } from './found.ts';
import { readToolFile } from './tool-files.ts';
import { notPlain, type Step } from './workflow.ts';

export interface StepAt {
  readonly document: Document;
  /** Index among the steps of the job, from 0. */
  readonly at: number;
  readonly jobName: string;
  readonly files: RepositoryFiles;
}

export interface StepFound extends Pick<Found, 'tools' | 'refused'> {
  readonly asked: Asked | null;
}

/** Actions that bring a tool, with its name. */
const toolActions: Readonly<Record<string, string>> = { 'actions/setup-node': 'node', 'actions/setup-python': 'python' };
/** What of their inputs only says how they get it. */
const heeded = /^(?:cache(?:-.*)?|package-manager-cache|check-latest|token)$/;

/** What a step of the job asks for. Throws `environment-invalid` for a command that no process would take. */
export async function readStep(step: Step, where: StepAt): Promise<StepFound> {
  const what = `steps[${where.at}]${step.name === undefined ? '' : ` (${shown(step.name)})`}`;
  if (step['if'] !== undefined && step['if'] !== true) return refuse(what, 'A condition is not evaluated.');
  if (step.uses !== undefined) return await readAction(step, what, where);
  return step.run === undefined ? refuse(what, 'It runs nothing.') : readCommand(step, what, where);
}

function readCommand(step: Step, what: string, { document, at, jobName }: StepAt): StepFound {
  const { run = '', shell } = step;
  const why = notPlain(run) ?? notPlain(shell ?? '') ?? notPlain(step['working-directory'] ?? '');
  if (why !== null) return refuse(what, why);
  const words = inShell(shell, run.trim());
  if (words === null) return refuse(what, `Its shell is "${shown(shell ?? '')}"; only bash and sh are run.`);
  const cwd = inside('', step['working-directory'] ?? '');
  if (cwd === null) return refuse(what, 'Its working directory leads out of the repository.');
  const { env, refused } = ownVariables(step.env ?? {}, what);
  const withEnv: Words = env.length === 0 ? words : ['env', ...env, ...words];
  const path = ['jobs', jobName, 'steps', at, 'run'];
  const asked = run.trim() === '' ? null : { what, words: within(withEnv, (message) => complain(document, path, message)), cwd };
  const strict = step['continue-on-error'] === undefined || step['continue-on-error'] === false;
  const mayFail: Refusal[] = strict ? [] : [{ what: `${what}.continue-on-error`, why: 'A setup command that fails fails the setup.' }];
  return { asked, tools: {}, refused: [...refused, ...mayFail] };
}

/** As the runner starts its shells: the first line that fails ends the step. */
function inShell(shell: string | undefined, script: string): Words | null {
  if (shell === undefined) return ['bash', '-e', '-c', script];
  if (shell === 'bash') return ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script];
  return shell === 'sh' ? ['sh', '-e', '-c', script] : null;
}

/** Variables of one step, as `env` takes them. */
function ownVariables(
  values: NonNullable<Step['env']>,
  what: string,
): { readonly env: readonly string[]; readonly refused: readonly Refusal[] } {
  if (typeof values === 'string') return { env: [], refused: [{ what: `${what}.env`, why: notPlain(values) ?? 'It is no mapping.' }] };
  const judged = Object.entries(values).map(([name, value]) => {
    const said = value === null ? '' : String(value);
    const secret = holdsSecret(`${name}="${said}"`) ? 'It looks like a secret, and what a repository says is kept in the record.' : null;
    const odd = /^[A-Za-z_]\w{0,199}$/.test(name) ? null : 'It is no name of a variable.';
    return { name, said, why: odd ?? notPlain(said) ?? secret };
  });
  return {
    env: judged.filter(({ why }) => why === null).map(({ name, said }) => `${name}=${said}`),
    refused: judged.flatMap(({ name, why }) => (why === null ? [] : [{ what: `${what}.env.${shown(name)}`, why }])),
  };
}

async function readAction(step: Step, what: string, where: StepAt): Promise<StepFound> {
  const [action = ''] = (step.uses ?? '').split('@');
  const inputs = Object.entries(step.with ?? {});
  if (action === 'actions/checkout') {
    const why = 'The factory makes the checkout itself: one commit, without submodules, large files and credentials.';
    return { asked: null, tools: {}, refused: inputs.map(([name]) => ({ what: `${what}.with.${shown(name)}`, why })) };
  }
  const tool = lookUp(toolActions, action);
  if (tool === undefined)
    return refuse(
      `${what} uses ${shown(action)}`,
      'Actions are programs of others that expect their runner; say in a "run" step what is to be done.',
    );
  const ofTool = (name: string): boolean => name === `${tool}-version` || name === `${tool}-version-file`;
  const others = inputs
    .filter(([name]) => !ofTool(name) && !heeded.test(name))
    .map(([name]) => ({ what: `${what}.with.${shown(name)}`, why: 'Of this action only the version is taken.' }));
  const version = await versionOf(tool, step, what, where);
  return { ...version, refused: [...version.refused, ...others] };
}

async function versionOf(tool: string, step: Step, what: string, { files }: StepAt): Promise<StepFound> {
  const version = String(step.with?.[`${tool}-version`] ?? '').trim();
  const file = String(step.with?.[`${tool}-version-file`] ?? '').trim();
  const why = notPlain(version) ?? notPlain(file);
  if (why !== null) return refuse(`${what}.with.${tool}-version`, why);
  if (version !== '') {
    if (ToolVersion.safeParse(version).success) return { asked: null, tools: { [tool]: version }, refused: [] };
    return refuse(`${what}.with.${tool}-version`, 'It is no single version.');
  }
  if (file === '') return { asked: null, tools: {}, refused: [] };
  const found = await readToolFile(files, inside('', file) ?? '');
  const named = found?.tools[tool];
  if (named !== undefined) return { asked: null, tools: { [tool]: named }, refused: [] };
  return refuse(`${what}.with.${tool}-version-file`, `No version of ${tool} was read from "${shown(file)}".`);
}

function refuse(what: string, why: string): StepFound {
  return { asked: null, tools: {}, refused: [{ what, why }] };
}
