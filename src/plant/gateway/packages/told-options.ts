import { isSecret } from '../upstream/key-forms.ts';

/** What a package is told: options and secrets by their names, where a dot leads into an option. */
export function toldOptions(told: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(told)) put(root, name.split('.'), value);
  return root;
}

function put(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner: unknown = into[first];
  const members: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  put(members, rest, value);
  into[first] = members;
}

/** A secret as the package is told it: JSON as what it is, and everything in it that nobody else may see. */
export function secretValue(text: string): { readonly value: unknown; readonly secrets: readonly string[] } | null {
  if (!text.startsWith('{')) return { value: text, secrets: isSecret(text) ? [text] : [] };
  try {
    const value: unknown = JSON.parse(text);
    return {
      value,
      secrets: textsIn(value)
        .filter(([name, one]) => /key|secret|token/i.test(name) && isSecret(one))
        .map(([, one]) => one),
    };
  } catch {
    return null;
  }
}

function textsIn(value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'string' ? [[name, member] as const] : textsIn(member),
  );
}
