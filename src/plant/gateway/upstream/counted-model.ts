import { topLevel, type TopLevel } from '../body/top-level.ts';
import type { Edit } from '../marks/edits.ts';

/** Gemini counts the tokens of a whole request too, and that one names its model once more: both names are to be the upstream's. */
export function countedModel(body: Buffer, members: TopLevel['members'], model: string): readonly Edit[] {
  const span = members.get('generateContentRequest') ?? members.get('generate_content_request');
  if (span === undefined) return [];
  const counted = topLevel(body.subarray(span.from, span.to));
  const named = counted.kind === 'object' ? counted.members.get('model') : undefined;
  if (named === undefined) return [];
  return [{ at: span.from + named.from, drop: named.to - named.from, text: JSON.stringify(`models/${model}`) }];
}
