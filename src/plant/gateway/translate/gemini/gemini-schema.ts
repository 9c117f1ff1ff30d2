/** The API's own schemas write types in capitals, where JSON Schema has small letters. */
export function inLowerCase(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inLowerCase);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([name, value]: [string, unknown]) => [
    name,
    name === 'type' && typeof value === 'string' ? value.toLowerCase() : inLowerCase(value),
  ]);
  return Object.fromEntries(members);
}
