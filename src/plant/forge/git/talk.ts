import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { JidokaError } from '../../../core/base/error.ts';
import type { Conversation } from '../../../core/ports/process.ts';
import { endGroup, gitFailed } from './git.ts';
import type { Ground } from '../mirror.ts';

/** Most that a peer may send in one talk, in bytes. */
const mostBytes = 1024 * 1024 * 1024;
const talkMs = 600_000;

/**
 * What git runs as its peer: it hands the two streams of the talk on. The descriptors are those that `converse` opens;
 * two copies of cat start in a millisecond, where a program of ours would take fifty.
 */
const handsOn = 'cat <&3 & exec cat >&4;';

/** A git command that talks to a peer: `send-pack` or `fetch-pack`. */
export interface Talk {
  readonly args: readonly string[];
  /** How the command is told of its peer's program. */
  readonly peerOption: '--receive-pack' | '--upload-pack';
  readonly env: Readonly<Record<string, string>>;
  readonly refs: readonly string[];
}

/**
 * Lets git of this host talk to git of a workspace, over a conversation that may be anywhere. Throws `git-failed` with
 * what both sides said.
 */
export async function talk(ground: Ground, peer: Conversation, { args, peerOption, env, refs }: Talk): Promise<string> {
  const command = [...args, `${peerOption}=${handsOn}`, 'workspace', ...refs];
  const child = ground.git.open(command, env);
  const streams = streamsOf(child);
  const ended = new Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const said = collect(child);
  const timer = setTimeout(() => endGroup(child.pid), talkMs);
  // What breaks on the peer's side ends git's side, which then says what it missed.
  const heard = hear(peer, streams.in).catch(() => endGroup(child.pid));
  const spoken = speak(streams.out, peer).catch(() => undefined);
  const { code, signal } = await ended;
  clearTimeout(timer);
  streams.in.destroy();
  streams.out.destroy();
  peer.end();
  const result = await peer.result;
  await Promise.all([heard, spoken]);
  if (code === 0) return said.stdout();
  const theirs = result.stderr.trim();
  const ending = signal === null ? '' : `fatal: it was ended by ${signal}`;
  throw gitFailed(args, {
    code,
    stdout: Buffer.alloc(0),
    stderr: [said.stderr(), theirs, ending].filter((text) => text !== '').join('\n'),
  });
}

function streamsOf(child: ChildProcess): { readonly in: Writable; readonly out: Readable } {
  const [, , , incoming, outgoing] = child.stdio;
  if (!isWritable(incoming) || !isReadable(outgoing)) {
    throw new JidokaError('invariant', 'git was started without the streams of a talk.', { mend: 'Report this as a fault of jidoka.' });
  }
  for (const stream of [incoming, outgoing]) stream.on('error', () => undefined);
  return { in: incoming, out: outgoing };
}

function isWritable(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'write' in stream;
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'read' in stream;
}

async function hear({ output }: Conversation, git: Writable): Promise<void> {
  let bytes = 0;
  for await (const chunk of output) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RangeError(`The peer sent more than ${mostBytes} bytes.`);
    if (git.destroyed) return;
    if (!git.write(chunk)) await drained(git);
  }
  git.end();
}

function drained(stream: Writable): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    // Both are taken off again: a stream that is waited for often would gather them.
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

async function speak(git: Readable, peer: Conversation): Promise<void> {
  for await (const chunk of git) await peer.write(chunk as Buffer);
}

function collect(child: ChildProcess): { readonly stdout: () => string; readonly stderr: () => string } {
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (parts[name] = (parts[name] + text).slice(-64_000)));
  }
  return { stdout: () => parts.stdout, stderr: () => parts.stderr };
}
