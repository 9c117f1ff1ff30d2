/** Members whose value is the caller's own, or a schema of his: nothing within them is the API's to name. */
const own: ReadonlySet<string> = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
]);

/** The API takes the names of its members with underlines too, as it is with every message of Protocol Buffers: `inline_data` for `inlineData`. */
export function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
    const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [camel, own.has(camel) ? member : inCamelCase(member)];
  });
  return Object.fromEntries(members);
}
