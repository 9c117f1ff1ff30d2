import { JidokaError } from '../../core/base/error.ts';
import { Advisory } from '../../core/packet/seed.ts';

/** A text that a door read, with the name a person knows it by. */
export interface NamedText {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads OSV JSON: one advisory a file, a list of them, or `{ "vulns": […] }` as OSV's own API answers.
 * Throws `advisory-invalid` with the file and what is wrong in it.
 */
export function readAdvisories(files: readonly NamedText[]): readonly Advisory[] {
  const read = files.flatMap(readOne);
  const byId = new Map(read.map((advisory) => [advisory.id, advisory]));
  return [...byId.values()];
}

function readOne(file: NamedText): Advisory[] {
  const document = parse(file);
  const entries = Array.isArray(document) ? document : isList(document) ? document.vulns : [document];
  if (entries.length === 0) throw invalid(file, 'holds no advisory');
  return entries.map((entry: unknown) => {
    const parsed = Advisory.safeParse(entry);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw invalid(file, `is not OSV JSON: ${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'unreadable'}`);
  });
}

function parse(file: NamedText): unknown {
  try {
    return JSON.parse(file.text);
  } catch (cause) {
    throw invalid(file, `is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function isList(document: unknown): document is { readonly vulns: readonly unknown[] } {
  return typeof document === 'object' && document !== null && 'vulns' in document && Array.isArray(document.vulns);
}

function invalid(file: NamedText, what: string): JidokaError {
  return new JidokaError('advisory-invalid', `${file.path} ${what}.`, {
    mend: 'Give an advisory in OSV JSON, as osv.dev and the GitHub advisory database export it (ossf.github.io/osv-schema).',
  });
}
