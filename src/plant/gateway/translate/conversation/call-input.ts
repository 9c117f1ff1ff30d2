import type { CallInput } from './conversation.ts';

/** Arguments as text, for APIs that carry them so; a text stays byte for byte. */
export function inputText(input: CallInput): string {
  if (input.kind === 'value') return JSON.stringify(input.value ?? {});
  return input.text === '' ? '{}' : input.text;
}

/** Arguments as an object, for APIs that carry them so. What is none was a broken call: it stays visible as what it was. */
export function inputObject(input: CallInput): object {
  const value = input.kind === 'value' ? (input.value ?? {}) : parsed(input.text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  return { arguments: input.kind === 'value' ? value : input.text };
}

/** Arguments that a model wrote, as an object; null where they are none. */
export function parsedArguments(text: string): object | null {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

/** The free text in the arguments of a tool that takes one. */
export function freeInput(text: string): string {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && 'input' in value && typeof value.input === 'string' ? value.input : text;
}

function parsed(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
