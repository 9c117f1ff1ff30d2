import { z } from 'zod';
import { JidokaError } from '../../../../core/base/error.ts';
import { tiers } from '../../../../core/ports/floor.ts';
import type { FloorProbe, ProcessRef, ProcessResult, ReapReport, WorkspaceUsage, WorkspaceView } from '../../../../core/ports/floor.ts';
import type { Begun, HandedWorkspace } from '../words.ts';
import type { Message } from '../wire/message.ts';

// Another machine is another machine, also where our own program runs on it: what it answers is looked at here.

const text = z.string();
const count = z.number().nonnegative();

const Exit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exited'), code: z.number().int() }),
  z.object({ kind: z.literal('signalled'), signal: text }),
  z.object({ kind: z.literal('timed-out'), afterMs: count }),
  z.object({ kind: z.literal('stalled'), afterMs: count }),
  z.object({ kind: z.literal('limited'), limit: z.enum(['memory', 'disk', 'processes', 'cpu']), allowed: count }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('not-started'), message: text }),
]);
const Result = z.object({ exit: Exit, truncated: z.boolean(), durationMs: count });
const Ref = z.object({ floor: text, host: text, name: text });
const View = z.object({ ref: Ref, state: z.enum(['live', 'left', 'stray', 'base']), owner: text, since: text });
const Refusal = z.object({ request: text, why: text });
const Started = z.object({ id: text, pid: z.number().int(), life: text, startedAt: text });
const Handed = z.object({ handle: z.number().int(), name: text, root: text, scratch: text, base: text.nullable() });
const Claim = z.object({ claim: text, state: z.enum(['proved', 'refuted', 'unsupported']), proof: text });
const Probe = z.object({
  kind: text,
  tier: z.enum(tiers),
  host: text,
  platform: text,
  user: text,
  node: text,
  npm: text,
  wall: text,
  limits: text,
  layers: text,
  image: text.nullable(),
  region: text.nullable(),
  claims: z.array(Claim),
  caveats: z.array(text),
});
const Usage = z.object({
  cpuMs: count.nullable(),
  memoryPeakBytes: count.nullable(),
  processes: count.nullable(),
  diskBytes: count.nullable(),
  refusals: z.array(Refusal),
});

/** How answers of the other side are read. Each throws `floor-unreachable` for what is no such answer. */
export const read = {
  begun: (message: Message): Begun => parsed(z.object({ host: text, boot: text, root: text }), message),
  probe: (message: Message): FloorProbe => parsed(Probe, message),
  handed: (message: Message): HandedWorkspace => parsed(Handed, message),
  handedOrNull: (message: Message): HandedWorkspace | null => parsed(Handed.nullable(), message),
  views: (message: Message): readonly WorkspaceView[] => parsed(z.array(View), message),
  reaped: (message: Message): ReapReport => parsed(z.object({ removed: z.array(View), left: z.array(View) }), message),
  isTrue: (message: Message): boolean => parsed(z.boolean(), message),
  started: (message: Message): ProcessRef => parsed(Started, message),
  usage: (message: Message): WorkspaceUsage => parsed(Usage, message),
  paths: (message: Message): readonly string[] => parsed(z.array(text), message),
  result(message: Message): ProcessResult {
    const [stdout, stderr] = message.blobs.map(textOf);
    return { ...parsed(Result, message), stdout: stdout ?? '', stderr: stderr ?? '' };
  },
  resultOrGone: (message: Message): ProcessResult | 'gone' => (message.value === null ? 'gone' : read.result(message)),
  content: ({ blobs: [content] }: Message): string | null => (content === undefined ? null : textOf(content)),
} as const;

function parsed<T>(schema: z.ZodType<T>, { value }: Message): T {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  throw new JidokaError('floor-unreachable', `The runner of a floor answers what it should not: ${z.prettifyError(found.error)}`, {
    mend: 'See what runs on that machine in the place of jidoka: it is not what this factory put there.',
  });
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
