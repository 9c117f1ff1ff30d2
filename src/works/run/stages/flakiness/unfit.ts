import { fact, type Fact } from '../../../../core/evidence/fact.ts';
import { findTest } from '../../../flaky/index.ts';
import type { TestRun } from '../../../inspection/runner/index.ts';
import type { Job } from '../../job.ts';

/** Why the test that a seed names cannot be repeated: it is not there, or it is not known which one is meant; null where it can. */
export function unfit(runs: readonly TestRun[], { input: { seed }, packet }: Job): Fact | null {
  if (seed.kind !== 'flake' || seed.test === null) return null;
  const found = findTest(seed.test, runs);
  switch (found.kind) {
    // A name that no test has is no answer to the question whether that test fails: a test was renamed, removed or misspelt.
    case 'absent': {
      const base = packet.scope.repository.baseCommit.slice(0, 12);
      const near = found.near.length === 0 ? '' : ` Names that come near: ${found.near.join('; ')}.`;
      const ran = `No test named "${seed.test}" ran at ${base}: none of the ${found.reported} that reported has this name, in ${runs.length} runs of the suite that came to their end.`;
      return question('test-absent', `${ran}${near}`, 'Which test is meant?');
    }
    case 'several': {
      const listed = found.ids.slice(0, 10).join('; ');
      const more = found.ids.length > 10 ? ` and ${found.ids.length - 10} more` : '';
      return question('test-ambiguous', `"${seed.test}" fits ${found.ids.length} tests: ${listed}${more}.`, 'Which of them is meant?');
    }
    case 'unseen':
      return question(
        'test-unseen',
        `No test "${seed.test}" reported at the base, and that does not prove that there is none: ${found.why}.`,
        'Is the name right, and can the suite be brought to its end?',
      );
    case 'one': {
      if (runs.some((run) => run.results.get(found.id)?.status !== 'skip')) return null;
      return question('test-skipped', `${found.id} is skipped at the base, so that nothing can be seen of it.`, 'Shall it be run again?');
    }
  }
}

function question(code: string, summary: string, asked: string): Fact {
  return fact('seed', 'broken', code, `${summary} ${asked}`, { attached: [], missing: [code], question: asked });
}
