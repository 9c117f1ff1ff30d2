import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { hasSecret, secretsOf, withoutSecrets } from './secrets-out.ts';

const secrets = secretsOf('https://user:passw0rd@gateway.example/runs/a-run-token-of-25-letters/v', {
  authorization: 'Bearer sk-abc-abc-abd',
  'x-short': 'abc',
});

/** Bytes in pieces of a length, through the filter. */
async function through(text: string, length: number): Promise<string[]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_none, at) => bytes.subarray(at * length, (at + 1) * length));
  const passed: string[] = [];
  for await (const piece of withoutSecrets(Readable.from(pieces), secrets)) passed.push(piece.toString('latin1'));
  return passed;
}

test('key, user, password and token of the path are secret, and what is short is not', () => {
  for (const text of ['sk-abc-abc-abd', 'Bearer sk-abc-abc-abd', 'passw0rd', 'a-run-token-of-25-letters'])
    expect(hasSecret(secrets, text)).toBe(true);
  for (const text of ['abc', 'Bearer', 'gateway.example', 'runs', 'sk-abc-abc-ab']) expect(hasSecret(secrets, text)).toBe(false);
});

test.each([1, 2, 3, 5, 7, 11, 1000])('no secret comes through, in pieces of %d bytes, and all else does', async (length) => {
  const text = `one sk-abc-abc-abc-abd two sk-abc-abc-ab three sk-abc-abc-abdsk-abc-abc-abd passw0r passw0rd \u00e4 sk-abc`;
  const passed = (await through(text, length)).join('');
  const stars = '*'.repeat('sk-abc-abc-abd'.length);
  expect(passed).toBe(Buffer.from(text.replaceAll('sk-abc-abc-abd', stars).replaceAll('passw0rd', '********')).toString('latin1'));
  expect(passed).toContain('sk-abc-abc-ab three');
});

test('a piece that holds no beginning of a secret waits for nothing', async () => {
  expect(await through('data: 1\n\ndata: 2\n\n', 9)).toEqual(['data: 1\n\n', 'data: 2\n\n']);
});
