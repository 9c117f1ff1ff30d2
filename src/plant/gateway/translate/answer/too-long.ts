/** A word that stands by itself, and is no part of the name of a field. */
const own = (words: string): string => String.raw`(?<![.\w])(?:${words})`;
const context = 'context (?:window|size|length|limit)';

const words: readonly string[] = [
  own(String.raw`(?:prompt|input)(?: is)? too (?:long|large to process)`),
  own(String.raw`(?:prompt|input) (?:token count (?:[^\n]{0,80} )?|length (?:\(|of |and )[^\n]{0,80} )exceeds?\b`),
  own(String.raw`(?:prompt|input) exceeds (?:the )?max(?:imum)? (?:\w+ )?length`),
  'maximum context length',
  String.raw`maximum (?:prompt|model|input) length (?:is|of) \d`,
  String.raw`exceed(?:s|ed)? (?:(?:the|its|model|model's|max|maximum|available|configured) ){0,3}${context}`,
  String.raw`${context} (?:[^\n]{0,120} )?exceed`,
  String.raw`(?:longer|greater) than the (?:model's )?${context}`,
  String.raw`(?:loaded with|reached|configured) context (?:length|size) (?:of|is) (?:only )?\d`,
  'exceeded model token limit',
  String.raw`too many (?:input )?tokens`,
  String.raw`reduce the length of the (?:messages|prompt|input)\b`,
  String.raw`range of input length should be \[`,
  String.raw`inputs.? tokens \+ .?max_new_tokens.? must be <=`,
  String.raw`inputs.? must have less than \d+ tokens`,
  String.raw`prompt_tokens \(\d+\) must be less than max_seq_len`,
];

/** Words by which servers say that a prompt, or with it the longest answer, is too long for the model. */
export const tooLong = new RegExp(words.join('|'), 'i');

const quotation = /(?<!\w|message["']: ?)(?:"(?!\{)[^"]*"|'(?!\{)[^']*'|`[^`]*`)(?!\w)/gi;

/**
 * A message without what it quotes: that may be what the caller said. Names stay, and so does an error that is passed on.
 *
 * @example
 * withoutQuotes('tools.0: "prompt is too long" is no name'); // 'tools.0: "" is no name'
 */
export function withoutQuotes(message: string): string {
  return message.replaceAll(quotation, (quoted) => (/\s/.test(quoted) ? '""' : quoted));
}
