import type { Media, Result, Text, Turn } from './conversation.ts';

/** Instructions in the midst of a conversation, for APIs where only people and models speak there. */
export function asSaidByUser({ parts }: Turn): Turn {
  const text = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n\n');
  return { role: 'user', parts: [{ kind: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` }] };
}

/** The words of a result, for APIs that have no mark for one that is an error. */
export function resultText({ content, isError }: Result): string {
  const text = textIn(content);
  return isError && !/^\W*error\b/i.test(text) ? `Error: ${text}` : text;
}

/** The words among words and images. */
export function textIn(content: readonly (Text | Media)[]): string {
  return content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
}

/** The images among words and images. */
export function mediaIn(content: readonly (Text | Media)[]): readonly Media[] {
  return content.filter((part) => part.kind === 'media');
}
