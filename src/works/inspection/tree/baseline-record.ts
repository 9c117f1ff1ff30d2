import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';

/** What a baseline leaves for the stages after it, kept as a blob. */
export const BaselineRecord = z.strictObject({
  /** Run that took it. */
  run: z.string(),
  install: z.strictObject({ rung: z.string(), tried: z.array(z.string()) }),
  build: z.enum(['none', 'passed', 'failed']),
  /** As `writeBaseline` wrote it; null where no suite was found. */
  tests: z.string().nullable(),
  none: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** npm's own record of the installed tree. */
  tree: z.string().nullable(),
  /** Public surface of a library; null where it is none. */
  api: z.unknown(),
  /** What became of the canary on the base; null where none was laid in. */
  canary: z.enum(['pass', 'fail', 'skip', 'missing', 'crash', 'timeout']).nullable(),
});
export type BaselineRecord = z.infer<typeof BaselineRecord>;

/** Reads a stored baseline; throws `evidence-invalid` for anything else. */
export function readBaselineRecord(text: string): BaselineRecord {
  const parsed = BaselineRecord.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new JidokaError('evidence-invalid', 'The stored baseline of this run cannot be read.', {
    mend: 'Run again with --again; the baseline is then taken anew.',
  });
}
