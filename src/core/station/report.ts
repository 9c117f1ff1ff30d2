import { z } from 'zod';

const Line = z.string().trim().min(1).max(2_000);
const Summary = z.string().trim().min(1).max(4_000);
const Path = z.string().min(1).max(1_000);
const Code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes');

/** One thing that whoever doubts can look at: a place in a file, a test, a commit. */
export const Proof = z
  .strictObject({
    file: Path.optional(),
    line: z.number().int().min(1).optional(),
    /** What stands there, word for word. */
    quote: Line.optional(),
    /** Id of an existing test. */
    test: Line.optional(),
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/)
      .optional(),
    note: Line.optional(),
  })
  .refine((proof) => Object.values(proof).some((value) => value !== undefined), 'a proof names a file, a test, a commit or a note');
export type Proof = z.infer<typeof Proof>;

/** Nothing is owed: which rule of the packet says so, and what shows it. */
const NoOp = z.strictObject({ state: z.literal('NO_OP'), rule: Code, summary: Summary, proof: z.array(Proof).min(1).max(50) });
/** A person must decide: the question that he is to answer. */
const Escalate = z.strictObject({ state: z.literal('ESCALATE'), code: Code, summary: Summary, question: Line });
/** The surroundings did not let it be done. */
const Retry = z.strictObject({ state: z.literal('RETRYABLE_FAILURE'), summary: Summary, cause: Line });

const done = { state: z.literal('DONE'), summary: Summary };

/**
 * What a station hands in, by the form that its stage asks for: `DONE` with the proof of that work, or one of the other
 * terminal states, which are worth as much. It is a claim: nothing in it decides anything.
 */
export const reportForms = {
  /** The tree was changed. */
  change: z.discriminatedUnion('state', [
    z.strictObject({
      ...done,
      filesChanged: z.array(Path).min(1).max(2_000),
      steps: z.array(Line).max(100).default([]),
      testsRun: z.array(Line).max(200).default([]),
    }),
    NoOp,
    Escalate,
    Retry,
  ]),
  /** Test files were written that fail on the base because of what the ticket says. */
  reproduction: z.discriminatedUnion('state', [
    z.strictObject({
      ...done,
      /** New test files, each run by the repository's own runner. */
      files: z.array(Path).min(1).max(20),
      /** Part of the message by which they fail. */
      symptom: Line,
    }),
    NoOp,
    Escalate,
    Retry,
  ]),
  plan: z.discriminatedUnion('state', [
    z.strictObject({ ...done, steps: z.array(Line).min(1).max(50), files: z.array(Path).max(200).default([]) }),
    NoOp,
    Escalate,
    Retry,
  ]),
  classification: z.discriminatedUnion('state', [
    z.strictObject({
      ...done,
      kind: z.enum(['bug', 'feature', 'question', 'documentation', 'task']),
      /** What the ticket does not say and the job cannot do without. */
      missing: z.array(Line).max(20).default([]),
    }),
    NoOp,
    Escalate,
    Retry,
  ]),
  review: z.discriminatedUnion('state', [
    z.strictObject({
      ...done,
      verdict: z.enum(['approve', 'object']),
      findings: z
        .array(
          z.strictObject({
            file: Path,
            line: z.number().int().min(1).optional(),
            weight: z.enum(['blocks', 'note']),
            message: Line,
          }),
        )
        .max(100)
        .default([]),
    }),
    Escalate,
    Retry,
  ]),
} as const;

export type ReportForm = keyof typeof reportForms;
export const ReportForm = z.enum(Object.keys(reportForms) as [ReportForm, ...ReportForm[]]);
export type ReportOf<Form extends ReportForm> = z.infer<(typeof reportForms)[Form]>;
export type Report = { [Form in ReportForm]: ReportOf<Form> }[ReportForm];

/**
 * Reads a report of a form; what is wrong with it is told in words that an author can act on.
 *
 * @example
 * readReport('plan', { state: 'DONE', summary: 'Two steps.', steps: ['a', 'b'] }).kind; // 'report'
 */
export function readReport<Form extends ReportForm>(
  form: Form,
  value: unknown,
): { readonly kind: 'report'; readonly report: ReportOf<Form> } | { readonly kind: 'fault'; readonly message: string } {
  const parsed = reportForms[form].safeParse(value);
  if (!parsed.success) return { kind: 'fault', message: z.prettifyError(parsed.error) };
  return { kind: 'report', report: parsed.data as ReportOf<Form> };
}
