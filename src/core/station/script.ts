import { z } from 'zod';
import { ReportForm } from './report.ts';

/** Never absolute, and never out of the tree. */
const Path = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^(?!\/)(?!(?:[^]*\/)?\.\.(?:\/|$))/, 'a path within the repository');

/** What a played station does when it is asked for a form: it writes, and hands in. */
const Deed = z.strictObject({
  /** Files to write, by path; null removes one. */
  files: z.record(Path, z.string().max(1_000_000).nullable()).default({}),
  /** A change to apply, as git writes it. */
  patch: z.string().max(4_000_000).default(''),
  /** What it hands in; absent where it hands in nothing. It is held to its form when it is played. */
  report: z.json().optional(),
});
export type Deed = z.infer<typeof Deed>;

/**
 * What a played station does, by form; of several deeds one for each attempt of its stage, and the last from then on.
 * `script`: somebody wrote it. `replay`: it is the record of a run.
 */
export const Script = z.strictObject({
  /** As stages call it: 'script:slugs', 'replay:bug-acme-42-0f3c'. */
  station: z.string().regex(/^(script|replay):[\w.-]+$/, '"script:" or "replay:", and a name'),
  /** Head of the chain that a replay was taken from; null for a script. */
  head: z.string().nullable().default(null),
  deeds: z.partialRecord(ReportForm, z.array(Deed).min(1).max(20)),
});
export type Script = z.infer<typeof Script>;
