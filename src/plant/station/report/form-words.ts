import type { ReportForm } from '../../../core/station/report.ts';
import type { NoOpRules } from './states.ts';

interface FormWords {
  /** What `DONE` means. */
  readonly done: string;
  /** What is meant by the fields that only this form has. */
  readonly fields: Readonly<Record<string, string>>;
  /** What an example of `DONE` has beside its summary. */
  readonly example: object;
}

const words: Readonly<Record<ReportForm, FormWords>> = {
  change: {
    done: 'the files of this workspace are changed as the order asks',
    fields: {
      filesChanged: 'The files that you changed, by their paths in the repository.',
      steps: 'What you did, step by step.',
      testsRun: 'The tests that you ran, by their names or commands.',
    },
    example: { filesChanged: ['src/total.ts'], steps: ['Counted the last row too.'], testsRun: ['npm test'] },
  },
  reproduction: {
    done: 'new test files are written that fail now because of what the ticket says, and will pass when it is mended',
    fields: {
      files: 'The new test files, by their paths in the repository.',
      symptom: 'Part of the message by which they fail, word for word.',
    },
    example: { files: ['test/total.test.ts'], symptom: 'expected 3, got 2' },
  },
  plan: {
    done: 'there is a plan',
    fields: { steps: 'The steps of the plan, in order.', files: 'The files that it would touch, by their paths in the repository.' },
    example: { steps: ['Count the last row too.'], files: ['src/total.ts'] },
  },
  classification: {
    done: 'it is clear what kind of ticket this is',
    fields: {
      kind: 'What kind of ticket it is.',
      missing: 'What the ticket does not say and the job cannot do without; empty where nothing is missing.',
    },
    example: { kind: 'bug', missing: [] },
  },
  review: {
    done: 'the change was looked at',
    fields: {
      verdict: '`object` where a finding must be mended first, else `approve`.',
      findings: 'What you found, each with its file; `blocks` where the change must not go on with it.',
    },
    example: {
      verdict: 'object',
      findings: [{ file: 'src/total.ts', line: 12, weight: 'blocks', message: 'The last row is still left out.' }],
    },
  },
};

const common: Readonly<Record<string, string>> = {
  summary: 'What you did and saw, in a few plain sentences.',
  rule: 'The rule by which nothing is owed.',
  proof: 'What shows it, for somebody who doubts: each names a file (with line and quote), a test, a commit or a note.',
  code: 'Why, as one word: lower-case letters, digits and dashes.',
  question: 'The question that a person must answer, so that he can answer it without asking back.',
  cause: 'What was in the way.',
};

/** What a state of a report means. */
export function stateWords(form: ReportForm, state: string): string {
  const meanings: Readonly<Record<string, string>> = {
    DONE: words[form].done,
    NO_OP: 'nothing is owed, by a rule of the order, and you can show it',
    ESCALATE: 'a person must decide something first',
    RETRYABLE_FAILURE: 'tools, network or machine did not let you do it',
  };
  return meanings[state] ?? state;
}

/** What is meant by a field of a report. */
export function fieldWords(form: ReportForm, field: string): string {
  return words[form].fields[field] ?? common[field] ?? field;
}

/** A report that is in order, to learn by. */
export function exampleOf(form: ReportForm, state: string, rules: NoOpRules): object {
  switch (state) {
    case 'NO_OP':
      return {
        state,
        rule: rules[0]?.code,
        summary: 'What the ticket asks for is there.',
        proof: [{ file: 'src/total.ts', line: 12, quote: 'rows + 1' }],
      };
    case 'ESCALATE':
      return {
        state,
        code: 'unclear-rounding',
        summary: 'The ticket can be read in two ways.',
        question: 'Are totals to be rounded up, or to the nearest cent?',
      };
    case 'RETRYABLE_FAILURE':
      return { state, summary: 'The tests could not be run.', cause: 'npm test ended with ENOSPC.' };
    default:
      return { state: 'DONE', summary: 'The last row is counted now.', ...words[form].example };
  }
}
