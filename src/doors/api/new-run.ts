import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import { RepetitionMode, usualFlake } from '../../core/line/repetition.ts';
import type { Actor } from '../../core/gate/answer.ts';
import { DependencyScope } from '../../core/packet/seed.ts';
import type { RunRequest } from '../../core/ports/factory.ts';

const File = z.strictObject({ path: z.string().min(1), text: z.string() });

const Subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('package'), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('advisories'), files: z.array(File).min(1) }),
  z.strictObject({
    kind: z.literal('task'),
    key: z.string().min(1).nullable().default(null),
    title: z.string().min(1),
    body: z.string().default(''),
    paths: z.array(z.string().min(1)).min(1).nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('branch'),
    heads: z.array(z.string().min(1)).min(1),
    base: z.string().min(1).nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('ticket'),
    key: z.string().min(1).nullable().default(null),
    source: z.string().min(1).default('api'),
    text: z.string().min(1),
  }),
  z.strictObject({
    kind: z.literal('flake'),
    test: z.string().min(1).nullable().default(null),
    rate: z.number().gt(0).lt(1).default(usualFlake.rate),
    modes: z.array(RepetitionMode).min(1).nullable().default(null),
    budgetMs: z.number().int().min(1000).default(usualFlake.budgetMs),
  }),
]);

/** What a request for runs says. Who asks is told by the token, never by the body. */
export const NewRun = z.strictObject({
  line: z.string().min(1),
  repository: z.string().refine(isLocation, 'an absolute path on the machine of the factory, or a URL'),
  subject: Subject,
  to: z.string().min(1).nullable().default(null),
  scope: DependencyScope.default('all'),
  dryRun: z.boolean().default(false),
  again: z.boolean().default(false),
  advisories: z.array(File).default([]),
  lineFile: File.extend({ roles: z.array(File).exactOptional(), skills: z.array(File).exactOptional() })
    .nullable()
    .default(null),
  station: z.string().min(1).exactOptional(),
  script: File.extend({ head: z.string().nullable().default(null) }).exactOptional(),
  /** Models that changes are made with, in the order in which they are tried. */
  plan: z.array(z.string().min(1)).min(1).max(3).exactOptional(),
  /** Lower goes first. */
  priority: z.number().int().min(0).max(999_999).default(100),
});
export type NewRun = z.infer<typeof NewRun>;

/**
 * Makes the factory's request of it. Throws `access-refused` where an agent brings its own line file: that says which
 * programs run, which checks decide and which gates there are; a script, which says what reviewers say; a program; or a plan of models.
 */
export function runRequest(asked: NewRun, { kind, name }: Actor): RunRequest {
  if (kind === 'agent' && asked.lineFile !== null)
    throw new JidokaError('access-refused', `${name} is an agent and cannot bring a line file.`, {
      mend: 'Name a line that the factory has, or let a person ask.',
    });
  if (kind === 'agent' && asked.script !== undefined)
    throw new JidokaError('access-refused', `${name} is an agent and cannot say what stations are to play: it would review itself.`, {
      mend: 'Name a station that the factory has, or let a person ask.',
    });
  if (kind === 'agent' && /^(command:|acp:\S+\s)/.test(asked.station ?? ''))
    throw new JidokaError('access-refused', `${name} is an agent and cannot name a program to run.`, {
      mend: 'Name a station that the factory has, or let a person ask.',
    });
  if (kind === 'agent' && asked.plan !== undefined)
    throw new JidokaError('access-refused', `${name} is an agent and cannot choose the models that changes are made with.`, {
      mend: 'Leave the plan to the factory, or let a person ask.',
    });
  return { ...asked, actor: `${kind}:${name}` };
}

function isLocation(text: string): boolean {
  return isAbsolute(text) || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^[\w.-]+@[\w.-]+:/.test(text);
}
