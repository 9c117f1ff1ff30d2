import { z } from 'zod';
import { setupOf, type Asked } from './commands.ts';
import { complain, shaped, yamlDocument, type Document } from './document.ts';
import type { RepositoryFiles } from './files.ts';
import { lookUp, shown, type Found, type Refusal } from './found.ts';
import { readStep, type StepFound } from './setup-step.ts';
import { plainVariables } from './variables.ts';
import { notPlain, Step, Values } from './workflow.ts';

const source = '.github/workflows/copilot-setup-steps.yml';
const jobName = 'copilot-setup-steps';

const Defaults = z
  .looseObject({ run: z.looseObject({ shell: z.string().optional(), 'working-directory': z.string().optional() }).optional() })
  .optional();
const Job = z.looseObject({ env: Values.optional(), defaults: Defaults, steps: z.array(Step).optional() });
const Workflow = z.looseObject({
  env: Values.optional(),
  defaults: Defaults,
  jobs: z.looseObject({ [jobName]: Job.optional() }),
});

const reasons: Readonly<Record<string, string>> = {
  container: 'An image for the factory is named in .jidoka/factory.yaml.',
  services: 'The factory starts no services beside a workspace.',
  strategy: 'A setup is done once, for one floor.',
  if: 'A condition is not evaluated.',
  needs: 'Only the one job is read.',
  uses: 'A workflow of others is not read.',
  secrets: 'A setup has no secrets.',
  environment: 'A setup has no secrets.',
};

/** What the job that prepares a coding agent's runner says: its commands, and the versions of Node.js and Python. */
export async function setupSteps(files: RepositoryFiles): Promise<Found | null> {
  const text = await files.read(source);
  if (text === null) return null;
  const document = await yamlDocument(source, text);
  const workflow = shaped(document, Workflow);
  const job = workflow.jobs[jobName];
  if (job === undefined)
    throw complain(document, ['jobs'], `There is no job "${jobName}".`, `Name the job "${jobName}", as its runner wants it.`);
  const given = { ...workflow.defaults?.run, ...job.defaults?.run };
  const steps: StepFound[] = [];
  for (const [at, step] of (job.steps ?? []).entries()) {
    const folder = step['working-directory'] ?? given['working-directory'] ?? '';
    steps.push(
      await readStep({ ...step, shell: step.shell ?? given.shell, 'working-directory': folder }, { document, at, files, jobName }),
    );
  }
  const variables = [variablesAt(document, ['env'], workflow.env), variablesAt(document, ['jobs', jobName, 'env'], job.env)];
  const setup = setupOf(steps.flatMap(({ asked }): Asked[] => (asked === null ? [] : [asked])));
  return {
    source,
    base: { kind: 'host' },
    tools: Object.assign({}, ...steps.map(({ tools }) => tools)),
    setup: setup.setup.length === 0 ? null : setup.setup,
    env: Object.assign({}, ...variables.map(({ env }) => env)),
    refused: [...steps, setup, ...variables]
      .flatMap(({ refused }) => refused)
      .concat(
        refusedOf(
          job,
          Object.keys(workflow.jobs).filter((name) => name !== jobName),
        ),
      ),
  };
}

function variablesAt(
  document: Document,
  path: readonly string[],
  values: z.infer<typeof Values> | undefined,
): Pick<Found, 'env' | 'refused'> {
  if (typeof values !== 'string') return plainVariables(values ?? {}, { document, path, notPlain });
  return { env: {}, refused: [{ what: path.join('.'), why: notPlain(values) ?? 'It is no mapping.' }] };
}

function refusedOf(job: Readonly<Record<string, unknown>>, others: readonly string[]): readonly Refusal[] {
  const ofJob = Object.keys(job).flatMap((key) => {
    const why = lookUp(reasons, key);
    return why === undefined ? [] : [{ what: `jobs.${jobName}.${key}`, why }];
  });
  return [...ofJob, ...others.map((name) => ({ what: `jobs.${shown(name)}`, why: 'Only the one job is read.' }))];
}
