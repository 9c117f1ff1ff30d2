import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { sinkOf } from './world.ts';

/** A stream whose reader takes one line and goes, as `head -n 1` does. */
function streamWithReader(code: string): { readonly stream: NodeJS.WriteStream; readonly taken: string[] } {
  const taken: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (taken.length === 0) taken.push(chunk);
      done(taken.length === 1 && taken[0] === chunk ? null : Object.assign(new Error(code), { code }));
    },
  });
  return { stream: Object.assign(stream, { isTTY: false, columns: 0 }) as unknown as NodeJS.WriteStream, taken };
}

describe('sinkOf', () => {
  it('is quiet when the reader has gone', async () => {
    const { stream, taken } = streamWithReader('EPIPE');
    const sink = sinkOf(stream);
    const closed = new Promise((resolve) => stream.on('close', resolve));
    for (const line of ['one\n', 'two\n', 'three\n']) sink.write(line);
    await closed;
    sink.write('four\n');
    expect(taken).toEqual(['one\n']);
  });

  it('passes other faults on', () => {
    const { stream } = streamWithReader('EIO');
    sinkOf(stream);
    expect(() => stream.emit('error', Object.assign(new Error('EIO'), { code: 'EIO' }))).toThrow('EIO');
  });

  it('knows no width where there is no terminal', () => {
    const { stream } = streamWithReader('EPIPE');
    expect([sinkOf(stream).isTTY, sinkOf(stream).columns]).toEqual([false, 0]);
  });
});
