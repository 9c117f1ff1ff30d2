import type { Conversation } from './conversation.ts';
import type { Remarks } from './remarks.ts';

const line =
  'Answer with one JSON value, an object unless another kind of value is asked for, and with nothing else: no words before or after it, and no code fence.';

/** The instructions for a model whose API cannot hold it to JSON without a schema: it is asked for that in words. */
export function systemAskingForJson({ system, format }: Conversation, remarks: Remarks): readonly string[] {
  if (format?.kind !== 'json') return system;
  remarks.leaveOut('JSON without a schema as the form of the answer, but for words that ask for it');
  return [...system, line];
}
