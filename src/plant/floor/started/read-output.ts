import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { joinCut } from '../spawn/bounded-output.ts';

/** Reads at most `limit` bytes of a file, half from its beginning and half from its end; empty where there is none. */
export async function readOutput(path: string, limit: number): Promise<{ readonly text: string; readonly truncated: boolean }> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return { text: '', truncated: false };
  try {
    const { size } = await file.stat();
    if (size <= limit) return { text: await file.readFile('utf8'), truncated: false };
    const headBytes = Math.ceil(limit / 2);
    const tailBytes = limit - headBytes;
    const head = await readAt(file, 0, headBytes);
    const tail = await readAt(file, size - tailBytes, tailBytes);
    return { text: joinCut(head, size - limit, tail), truncated: true };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
