import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { demux } from './demux.ts';

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function heard(chunks: readonly Buffer[]): Promise<{ readonly out: string; readonly complaints: string }> {
  let [out, complaints] = ['', ''];
  const stream = Readable.from(chunks).pipe(demux((chunk) => (complaints += String(chunk))));
  for await (const chunk of stream) out += String(chunk);
  return { out, complaints };
}

const told = [frame(1, 'one '), frame(2, 'oops '), frame(1, ''), frame(1, 'two'), frame(2, 'again')];

test('streams are told apart, however the bytes arrive', async () => {
  const bytes = Buffer.concat(told);
  const single = [...bytes].map((byte) => Buffer.from([byte]));
  for (const chunks of [told, [bytes], single, [bytes.subarray(0, 11), bytes.subarray(11)]]) {
    expect(await heard(chunks)).toEqual({ out: 'one two', complaints: 'oops again' });
  }
});

test('what is no frame of a known stream is a fault, and not output', async () => {
  await expect(heard([frame(7, 'strange')])).rejects.toThrow('stream 7');
});

test('whoever reads slowly keeps the other side waiting', async () => {
  let given = 0;
  const source = new Readable({
    read() {
      given += 1;
      this.push(given > 200 ? null : frame(1, 'x'.repeat(64 * 1024)));
    },
  });
  const stream = source.pipe(demux(() => undefined));
  stream.once('readable', () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toBeLessThan(20);
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(200 * 64 * 1024);
});
