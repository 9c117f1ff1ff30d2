import { z } from 'zod';
import { RepetitionMode } from '../line/repetition.ts';

/** The repository a seed speaks of, frozen at one commit. */
export const RepositorySnapshot = z.strictObject({
  /** Stable id of the repository: a digest of its location. */
  id: z.string(),
  /** Short name for people: the last part of its location. */
  name: z.string(),
  /** Absolute path or URL, without credentials. */
  location: z.string(),
  kind: z.enum(['local', 'remote']),
  /** Folder of the project inside the repository, '' for its root; posix. */
  directory: z.string(),
  baseCommit: z.string(),
  /** Branch that baseCommit was read from; null for a detached HEAD. */
  branch: z.string().nullable(),
  /** Files with uncommitted changes; they are not part of the run. */
  uncommitted: z.number(),
});
export type RepositorySnapshot = z.infer<typeof RepositorySnapshot>;

export const DependencyScope = z.enum(['prod', 'dev', 'all']);
export type DependencyScope = z.infer<typeof DependencyScope>;

/** How far an update may go. `range` stays inside the manifest's range. */
export const UpdatePolicy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('version'), version: z.string() }),
  z.strictObject({ kind: z.literal('newest'), within: z.enum(['range', 'patch', 'minor', 'major']) }),
]);
export type UpdatePolicy = z.infer<typeof UpdatePolicy>;

/**
 * One package a dependency seed is about. `from` is the version the lockfile has, null where none is known;
 * `target` is null where no release fits the policy or none was found.
 */
export const DependencySubject = z.strictObject({ name: z.string(), from: z.string().nullable(), target: z.string().nullable() });
export type DependencySubject = z.infer<typeof DependencySubject>;

/** OSV 1.x advisory, reduced to what the matcher and the report need. https://ossf.github.io/osv-schema/ */
export const Advisory = z.object({
  id: z.string().min(1),
  aliases: z.array(z.string()).default([]),
  summary: z.string().default(''),
  details: z.string().default(''),
  modified: z.string().optional(),
  published: z.string().optional(),
  withdrawn: z.string().optional(),
  affected: z
    .array(
      z.object({
        package: z.object({ ecosystem: z.string(), name: z.string().min(1) }),
        ranges: z
          .array(
            z.object({
              type: z.string(),
              events: z.array(
                z.object({
                  introduced: z.string().optional(),
                  fixed: z.string().optional(),
                  last_affected: z.string().optional(),
                  limit: z.string().optional(),
                }),
              ),
            }),
          )
          .default([]),
        versions: z.array(z.string()).default([]),
      }),
    )
    .min(1),
  severity: z.array(z.object({ type: z.string(), score: z.string() })).default([]),
});
export type Advisory = z.infer<typeof Advisory>;

const common = {
  line: z.string(),
  /** Names the subject within repository and line; part of the branch name. */
  key: z.string(),
  repository: RepositorySnapshot,
  scope: DependencyScope,
  /** Who asked: a person at the CLI, a trigger. */
  actor: z.string(),
  /** Text by strangers is data only; a trusted seed was started by the owner. */
  trusted: z.boolean(),
};

/** What enters the factory, normalised, with its source, actor and trust. */
export const Seed = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('dependency'),
    policy: UpdatePolicy,
    subjects: z.array(DependencySubject).min(1),
  }),
  z.strictObject({ ...common, kind: z.literal('advisory'), advisory: Advisory }),
  z.strictObject({
    ...common,
    kind: z.literal('task'),
    title: z.string().min(1),
    body: z.string(),
    /** Globs the change may touch. */
    paths: z.array(z.string()).min(1),
  }),
  /** A change that somebody proposes: what its head has and its base has not. The base commit of the repository is where they part. */
  z.strictObject({
    ...common,
    kind: z.literal('branch'),
    head: z.strictObject({ ref: z.string(), commit: z.string() }),
    base: z.strictObject({ ref: z.string(), commit: z.string() }),
  }),
  /** What somebody reported, word for word: data, and hostile until shown otherwise. */
  z.strictObject({
    ...common,
    kind: z.literal('ticket'),
    title: z.string().min(1),
    body: z.string(),
    /** Where it was read: a file, a URL, '-' for what was piped in. */
    source: z.string(),
    /** Digest of title and body without their white space: tells the same ticket under another name. */
    digest: z.string(),
    /** What the ticket says under headings of its own; null where it does not. */
    told: z.strictObject({
      component: z.string().nullable(),
      version: z.string().nullable(),
      expected: z.string().nullable(),
      actual: z.string().nullable(),
      steps: z.string().nullable(),
    }),
  }),
  /** A test whose outcome is said to change though the code does not. */
  z.strictObject({
    ...common,
    kind: z.literal('flake'),
    /** The test as it was named: its id, or a name that fits one; null for whichever of the suite changes its outcome. */
    test: z.string().min(1).nullable(),
    /** Rate of failures that is to be excluded with a confidence of 95 %; how often each mode is run follows from it. */
    rate: z.number().gt(0).lt(1),
    modes: z.array(RepetitionMode).min(1),
    /** Time for all repetitions together, in milliseconds. */
    budgetMs: z.number().int().min(1000),
  }),
]);
export type Seed = z.infer<typeof Seed>;
export type DependencySeed = Extract<Seed, { kind: 'dependency' }>;
export type AdvisorySeed = Extract<Seed, { kind: 'advisory' }>;
export type TaskSeed = Extract<Seed, { kind: 'task' }>;
export type BranchSeed = Extract<Seed, { kind: 'branch' }>;
export type FlakeSeed = Extract<Seed, { kind: 'flake' }>;
export type TicketSeed = Extract<Seed, { kind: 'ticket' }>;
