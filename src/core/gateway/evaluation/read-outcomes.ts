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

/** Takes a record of outcomes line by line. */
export interface OutcomeReader {
  /** Takes the next line, without its end. Throws `outcomes-invalid` for one that is no outcome. */
  take(line: string): void;
  /** What all lines came to. Throws `outcomes-invalid` where they hold nothing. */
  tasks(): readonly Task[];
}

/**
 * Reads a record of outcomes, JSON of one attempt in each line, as it comes; empty lines are passed over. `file` names it in messages.
 *
 * @example
 * const reader = outcomeReader('outcomes.jsonl');
 * for await (const line of lines) reader.take(line);
 * reader.tasks().length;
 */
export function outcomeReader(file: string): OutcomeReader {
  const byTask = new Map<string, OutcomeRecord[]>();
  const trials = new Set<string>();
  let at = 0;
  return {
    take: (line) => {
      at += 1;
      if (line.trim() === '') return;
      const place = `${file}:${at}`;
      const record = recordOf(line, place);
      refuseTwice(record, trials, place);
      const attempts = byTask.get(record.task);
      if (attempts === undefined) byTask.set(record.task, [record]);
      else attempts.push(record);
    },
    tasks: () => {
      if (byTask.size === 0) throw invalid(file, 'It holds no outcome.');
      return [...byTask].map(([task, attempts]) => taskOf(task, attempts));
    },
  };
}

/** The same for a record that is at hand as a whole. */
export function readOutcomes(text: string, file: string): readonly Task[] {
  const reader = outcomeReader(file);
  for (const line of text.split('\n')) reader.take(line);
  return reader.tasks();
}

/** A trial that is told twice would count twice. */
function refuseTwice({ task, model, trial }: OutcomeRecord, seen: Set<string>, place: string): void {
  if (trial === undefined) return;
  const name = JSON.stringify([task, model, trial]);
  if (seen.has(name)) throw invalid(place, `Trial ${trial} of ${model} at ${task} was told before.`);
  seen.add(name);
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
