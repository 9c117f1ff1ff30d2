import type { Media, Result, Text } from './conversation.ts';

/** The words of a result, for APIs that have no mark for one that is an error. */
export function resultText({ content, isError }: Result): string {
  const text = textIn(content);
  return isError && !/^\W*error\b/i.test(text) ? `Error: ${text}` : text;
}

/** The words among words and images. */
export function textIn(content: readonly (Text | Media)[]): string {
  return content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
}

/** Introduces images that an API does not take within the result they belong to. */
export function fromResultOf(id: string): string {
  return `From the result of the call ${id}:`;
}

/** The images among words and images. */
export function mediaIn(content: readonly (Text | Media)[]): readonly Media[] {
  return content.filter((part) => part.kind === 'media');
}
