import type { Stage } from '../../../../core/line/line.ts';
import { readBaseline, summarizeBaseline } from '../../../inspection/runner/index.ts';
import type { Job } from '../../job.ts';
import { baselineOf } from '../reproduction/on-base.ts';
import { ticketWords } from '../reproduction/ticket-words.ts';
import type { NoOpClaim, NoOpProof } from './prove.ts';

/** A quote of fewer words says nothing. */
const fewestWords = 4;

/**
 * What the ticket reports is how it is meant: a line of the repository says so, word for word and in words of the ticket,
 * and a test that is there holds the code to it.
 */
export async function proveDocumented(_stage: Stage, job: Job, { report }: NoOpClaim): Promise<NoOpProof> {
  const quoted = report.proof.find(({ file, line, quote }) => file !== undefined && line !== undefined && quote !== undefined);
  const named = report.proof.find(({ test }) => test !== undefined)?.test;
  if (quoted?.file === undefined || quoted.line === undefined || quoted.quote === undefined)
    return { kind: 'unproven', why: 'its proof quotes no line of the repository' };
  if (named === undefined) return { kind: 'unproven', why: 'its proof names no test' };
  const { file, line, quote } = quoted;
  const text = await job.needs.forge.read(job.packet.scope.repository, file.replace(/^\.\//, ''));
  const at = text?.split('\n')[line - 1] ?? null;
  if (at === null) return { kind: 'unproven', why: `${file}:${line} is not there at the base` };
  if (!at.includes(quote.trim())) return { kind: 'unproven', why: `${file}:${line} does not say "${quote}" at the base` };
  const common = wordsOf(quote).filter((word) => wordsOf(ticketWords(job.input.seed).text).includes(word));
  if (wordsOf(quote).length < fewestWords || common.length < 2)
    return { kind: 'unproven', why: `"${quote}" does not say enough of what the ticket is about` };
  const { stable } = summarizeBaseline(readBaseline((await baselineOf(job)).tests ?? ''));
  if (!stable.includes(named)) return { kind: 'unproven', why: `no test "${named}" passes on the base` };
  return { kind: 'proved', proof: [`${file}:${line} says "${quote}"`, `the test ${named} passes on the base`] };
}

/** Words that carry something, in any language. */
function wordsOf(text: string): readonly string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}_$]{3,}/gu) ?? [])];
}
