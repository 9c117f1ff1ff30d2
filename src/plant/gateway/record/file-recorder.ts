import { open } from 'node:fs/promises';
import { JidokaError } from '../../../core/base/error.ts';
import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';
import { threadRecorder } from './thread-recorder.ts';

interface FileRecorderOptions {
  /** Absolute path; lines are added to what is there. */
  readonly file: string;
  /** Keys that are kept out of it, whatever they look like. */
  readonly keys?: readonly string[];
  /** Bytes that may wait to be written. */
  readonly mostWaiting?: number;
  /** Told once where nothing can be written any more. */
  readonly failed: (why: string) => void;
}

/** Takes calls down in a file, as lines of JSON; each when it has ended, so that a line is a call. Throws `usage` where it cannot be written. */
export async function fileRecorder({ file, keys = [], mostWaiting, failed }: FileRecorderOptions): Promise<CallRecorder> {
  await writable(file);
  const recorder = threadRecorder({ thread: 'record/record-thread', data: { place: file, keys, holder: null }, mostWaiting, failed });
  return { ...recorder, note: () => undefined };
}

async function writable(file: string): Promise<void> {
  try {
    await (await open(file, 'a', 0o600)).close();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('usage', `Calls cannot be taken down in ${file}: ${why}.`, { mend: 'Give a path that can be written.', cause });
  }
}
