import { JidokaError } from '../../base/error.ts';
import { OutcomeRecord } from './outcome-record.ts';

/** One job with the attempts that are known of it, by model. */
export interface Task {
  readonly task: string;
  readonly line: string;
  readonly repository: string;
  readonly difficulty: number;
  readonly attempts: ReadonlyMap<string, readonly OutcomeRecord[]>;
}

const notSaid = { line: '', repository: '', difficulty: 0.5 };

/**
 * Reads a record of outcomes, JSON of one attempt in each line. Throws `outcomes-invalid` for the first line that is none, and for
 * a record that holds nothing.
 *
 * @example
 * readOutcomes('{"task":"t1","model":"small","right":true,"usd":0.03}\n', 'outcomes.jsonl').length; // 1
 */
export function readOutcomes(text: string, file: string): readonly Task[] {
  const records = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [recordOf(line, `${file}:${at + 1}`)]));
  if (records.length === 0) throw invalid(file, 'It holds no outcome.');
  const byTask = new Map<string, OutcomeRecord[]>();
  for (const record of records) byTask.set(record.task, [...(byTask.get(record.task) ?? []), record]);
  return [...byTask].map(([task, attempts]) => taskOf(task, attempts));
}

function recordOf(line: string, place: string): OutcomeRecord {
  const parsed = OutcomeRecord.safeParse(jsonOf(line, place));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(place, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'It cannot be understood'}.`.replace(/^: /, ''));
}

function jsonOf(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw invalid(place, 'This is not JSON.', cause);
  }
}

function taskOf(task: string, records: readonly OutcomeRecord[]): Task {
  const attempts = new Map<string, OutcomeRecord[]>();
  for (const record of records) attempts.set(record.model, [...(attempts.get(record.model) ?? []), record]);
  const first = <Key extends keyof typeof notSaid>(key: Key): (typeof notSaid)[Key] =>
    (records.find((record) => record[key] !== undefined)?.[key] as (typeof notSaid)[Key] | undefined) ?? notSaid[key]; // the schema has the same types
  return { task, line: first('line'), repository: first('repository'), difficulty: first('difficulty'), attempts };
}

function invalid(place: string, message: string, cause?: unknown): JidokaError {
  const mend = 'Write one attempt in each line, as docs/OUTCOMES.md shows.';
  return new JidokaError('outcomes-invalid', `${place}: ${message}`, { mend, ...(cause === undefined ? {} : { cause }) });
}
