import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { processTerminal, type Reader } from './terminal.ts';

/** Streams as a process has them at a terminal, whose mode is seen. */
function scene({ isTTY }: { readonly isTTY: boolean }) {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (raw: boolean) => void modes.push(raw) });
  const stdout = Object.assign(new PassThrough(), { isTTY, rows: 30, columns: 90 });
  // Only what is used of them is there.
  const streams = { input: () => input as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream };
  return { terminal: processTerminal(streams), input, stdout, modes };
}

function listening(): { readonly reader: Reader; readonly heard: string[]; go: () => void } {
  const heard: string[] = [];
  const one = { heard, go: (): void => undefined };
  const reader: Reader = {
    data: (chunk) => {
      heard.push(new TextDecoder().decode(chunk));
      return new Promise((resolve) => (one.go = resolve));
    },
    end: () => void heard.push('(end)'),
  };
  return Object.assign(one, { reader });
}

it('a terminal is raw while it is read so, and given back as it was', () => {
  const { terminal, modes } = scene({ isTTY: true });
  expect(terminal.size()).toEqual({ rows: 30, columns: 90 });
  const before = process.listenerCount('exit');
  const stop = terminal.read(listening().reader, { raw: true });
  expect(modes).toEqual([true]);
  expect(process.listenerCount('exit')).toBe(before + 1);
  stop();
  expect(modes).toEqual([true, false]);
  expect(process.listenerCount('exit')).toBe(before);
});

it('a pipe is no terminal and its mode is let be', () => {
  const { terminal, modes } = scene({ isTTY: false });
  expect(terminal.size()).toBeNull();
  terminal.read(listening().reader, { raw: true })();
  expect(modes).toEqual([]);
});

it('no more is read until what was read is taken, nothing after the reader has left, and the end is told', async () => {
  const { terminal, input } = scene({ isTTY: false });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const one = listening();
  const stop = terminal.read(one.reader, { raw: false });
  for (const text of ['one', 'two']) {
    input.write(text);
    await turn();
  }
  expect(one.heard).toEqual(['one']);
  one.go();
  await turn();
  expect(one.heard).toEqual(['one', 'two']);
  stop();
  one.go();
  input.write('three');
  await turn();
  expect(one.heard).toEqual(['one', 'two']);
  const other = listening();
  terminal.read(other.reader, { raw: false });
  input.end();
  await turn();
  expect(other.heard).toEqual(['three']);
  other.go();
  await turn();
  expect(other.heard).toEqual(['three', '(end)']);
});

it('what is written is taken when it resolves', async () => {
  const { terminal, stdout } = scene({ isTTY: false });
  await terminal.write(new TextEncoder().encode('shown'));
  expect(stdout.read()).toEqual(Buffer.from('shown'));
});
