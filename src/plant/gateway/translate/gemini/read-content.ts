import { z } from 'zod';
import { maybe, numberedText } from '../conversation/read-body.ts';
import { GeminiUsage } from './gemini-usage.ts';

/** A part of an answer. */
export interface Part extends z.infer<typeof UsualPart> {
  /** What has a form that nobody knows here. */
  readonly unread?: unknown;
}

interface Candidate {
  readonly content?: { readonly parts?: readonly Part[] | null | undefined } | null | undefined;
  readonly finishReason?: string | null | undefined;
  readonly finishMessage?: string | null | undefined;
}

/** A chunk of a stream, or an answer in one piece. */
export interface Content extends Omit<z.infer<typeof UsualContent>, 'candidates'> {
  readonly candidates?: readonly Candidate[] | null | undefined;
  /** What has a form that nobody knows here. */
  readonly unread?: unknown;
}

/** Reads a chunk, or an answer in one piece; null for what is not even an object. */
export function readContent(data: unknown): Content | null {
  const usual = UsualContent.safeParse(data);
  if (usual.success) return usual.data;
  const own = OwnContent.safeParse(data);
  if (!own.success) return null;
  const { candidates, ...rest } = own.data;
  const read = OwnCandidates.safeParse(candidates);
  return read.success ? { ...rest, candidates: read.data } : { ...rest, candidates: [], unread: candidates };
}

/** Arguments may come in pieces, the later ones without a name. */
const Call = z.object({ id: maybe.text, name: maybe.text, args: maybe.any, willContinue: maybe.flag });
const UsualPart = z.object({ text: maybe.text, thought: maybe.flag, thoughtSignature: maybe.text, functionCall: Call.nullish() });
const UsualContent = z.object({
  responseId: maybe.text,
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(UsualPart).nullish() }).nullish(),
        finishReason: maybe.text,
        finishMessage: maybe.text,
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: maybe.text }).nullish(),
  usageMetadata: GeminiUsage.nullish(),
  error: maybe.any,
});

const OwnPart = UsualPart.extend({ functionCall: Call.extend({ id: numberedText.nullish().catch(null) }).nullish() });
const OwnCandidates = z
  .array(
    z.object({
      content: z.object({ parts: z.array(z.union([OwnPart, z.unknown().transform((unread): Part => ({ unread }))])).nullish() }).nullish(),
      finishReason: maybe.text.catch(null),
      finishMessage: maybe.text.catch(null),
    }),
  )
  .nullish();
/** The same where a server writes some of it in its own way, and what is meant is plain. */
const OwnContent = UsualContent.extend({
  responseId: numberedText.nullish().catch(null),
  candidates: maybe.any,
  promptFeedback: z.object({ blockReason: maybe.text }).nullish().catch(null),
  usageMetadata: GeminiUsage.nullish().catch(null),
});
