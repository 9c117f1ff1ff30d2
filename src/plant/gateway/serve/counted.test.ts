import { describe, expect, it } from 'vitest';
import { saidIn, type Usage } from '../translate/answer/event.ts';
import { type Asked, type Counted, countedFor } from './counted.ts';

const told: Usage = { input: 10, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 50, reasoning: 0, untold: [] };
const model = { window: 200_000, output: 8000 };
const request: Asked = {
  ahead: { textBytes: 360, images: 0, maxOutput: null, answers: 1, elsewhere: false, cache: 'none', before: null },
  body: { length: 360 },
  asked: { imageBytes: 0, images: 0 },
};
/** What is counted where the upstream told these, and said so many characters. */
const counted = (usage: Partial<Usage> | null, said: number, ahead: Partial<Asked['ahead']> = {}): Counted =>
  countedFor(
    { ...request, ahead: { ...request.ahead, ...ahead } },
    model,
    { usage: usage === null ? null : { ...told, ...usage }, said },
    true,
  );
const lengthOf = (text: string): number => saidIn([{ kind: 'more', block: 0, text }]);

describe('what an upstream did not count', () => {
  it('is counted by what was sent and what was said', () => {
    expect(counted(null, 3600)).toMatchObject({ usage: { input: 100, output: 1000 }, estimated: true });
    expect(counted({ untold: ['input'], input: 0 }, 90)).toMatchObject({ usage: { input: 100, output: 50 }, estimated: true });
    expect(counted({ untold: ['output'], output: 1 }, 3600)).toMatchObject({ usage: { input: 10, output: 1000 }, estimated: true });
  });

  it.each([0, 1, 40])('is counted by what was said where it told of %i tokens beside a long text', (output) => {
    expect(counted({ output }, 3600)).toMatchObject({ usage: { input: 10, output: 1000 }, estimated: true });
  });

  it('is never nothing where something was said', () => {
    expect(counted({ output: 0 }, 36)).toMatchObject({ usage: { output: 10 }, estimated: true });
    expect(counted({ output: 0 }, 0)).toMatchObject({ usage: { output: 0 }, estimated: false });
  });

  it('is no more than the longest answer that was asked for', () => {
    expect(counted({ output: 1 }, 36_000, { maxOutput: 500 })).toMatchObject({ usage: { output: 500 }, estimated: true });
  });
});

describe('what an upstream counted stays as it is', () => {
  it.each([
    ['a short answer in few tokens', 1, 1000],
    ['thoughts that nobody hears', 7000, 10],
    ['a call, or a thought, without words', 60, 0],
    ['prose', 5000, 20_000],
  ])('%s', (_, output, said) => {
    expect(counted({ output }, said)).toMatchObject({ usage: { input: 10, output }, estimated: false });
  });

  it('a prompt of which a cache had nearly all, however long it was', () => {
    const ahead = { textBytes: 400_000 };
    const usage = { input: 3, cacheRead: 90_000 };
    expect(counted(usage, 90, ahead)).toMatchObject({ usage: { input: 3, cacheRead: 90_000 }, estimated: false });
    expect(counted({ input: 0 }, 90, ahead)).toMatchObject({ usage: { input: 0 }, estimated: false });
  });

  it.each([
    ['blanks without end', ' '.repeat(64), 1],
    ['a table that is drawn', `| ${'-'.repeat(60)} | ${' '.repeat(60)} |\n`, 7],
    ['a program with wide margins', `\n${' '.repeat(24)}</td>`, 4],
    ['the same word again and again', ' word', 1],
  ])('%s, in tokens as long as they come', (_, piece, tokens) => {
    expect(counted({ output: tokens * 500 }, lengthOf(piece) * 500).estimated).toBe(false);
    expect(counted({ output: tokens * 500 }, lengthOf(piece.repeat(500))).estimated).toBe(false);
  });

  it('where the answer was cut short by what the caller allows', () => {
    expect(counted({ output: 5 }, 100_000, { maxOutput: 5 })).toMatchObject({ usage: { output: 5 }, estimated: false });
  });
});

describe('tokens that no model has', () => {
  it.each([
    ['said', { output: 1e15 }, { input: 10, output: 2 }],
    ['sent', { input: 1e15 }, { input: 100, output: 50 }],
    ['read from a cache', { cacheRead: 1e15 }, { input: 100, cacheRead: 0, output: 50 }],
    ['written into one', { cacheWriteHour: 1e15 }, { input: 100, cacheWrite1h: 0, output: 50 }],
  ])('are no count of what was %s', (_, usage, expected) => {
    expect(counted(usage, 7)).toMatchObject({ usage: expected, estimated: true });
  });

  it('are only those far beyond what is written down of it, for all answers together', () => {
    expect(counted({ input: 1_500_000, output: 1_500_000 }, 7).estimated).toBe(false);
    expect(counted({ output: 3_000_000 }, 7, { answers: 2 }).estimated).toBe(false);
    expect(counted({ output: 3_000_000 }, 7).estimated).toBe(true);
  });
});
