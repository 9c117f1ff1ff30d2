import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { pour, type Body } from './body.ts';

/** A body of pieces, and how many of them were taken. */
function bodyOfPieces(...pieces: readonly string[]): Body & { taken(): number } {
  let taken = 0;
  return {
    next: () => Promise.resolve(taken < pieces.length ? Buffer.from(pieces[taken++] ?? '') : null),
    leave: () => Promise.resolve(),
    taken: () => taken,
  };
}

/** Takes a piece only when told to. */
function slowReader() {
  const held: (() => void)[] = [];
  const got: string[] = [];
  const into = new Writable({
    highWaterMark: 1,
    write(piece: Buffer, _encoding, done) {
      got.push(String(piece));
      held.push(() => done());
    },
  });
  return { into, got, take: () => held.shift()?.() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('no more of a body is read than the other side takes', async () => {
  const body = bodyOfPieces('a', 'b', 'c');
  const { into, got, take } = slowReader();
  const poured = pour(body, into, 10);
  for (const taken of [1, 2, 3]) {
    await turn();
    expect(body.taken()).toBe(taken);
    take();
  }
  expect([await poured, got, into.writableEnded]).toEqual(['whole', ['a', 'b', 'c'], true]);
});

test('a body that is too long is not ended as if it were whole', async () => {
  const got: string[] = [];
  const into = new Writable({ write: (piece: Buffer, _encoding, done) => (got.push(String(piece)), done()) });
  expect(await pour(bodyOfPieces('aa', 'bb', 'cc'), into, 5)).toBe('too-long');
  expect([got, into.writableEnded]).toEqual([['aa', 'bb'], false]);
});

test('where nobody takes it any more no more is read', async () => {
  const body = bodyOfPieces('a', 'b', 'c');
  const { into } = slowReader();
  const poured = pour(body, into, 10);
  await turn();
  into.destroy();
  expect([await poured, body.taken()]).toEqual(['unwanted', 1]);
});
