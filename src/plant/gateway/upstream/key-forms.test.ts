import { describe, expect, it } from 'vitest';
import { bytesWithoutSecrets, formsOf, showsSecret, withoutSecrets } from './key-forms.ts';

const key = 'Pk/aB+cd=efGH/some-long.key0=';
const forms = formsOf([key]);
const mark = '[redacted:provider-key]';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const inCode = (text: string, code: (unit: string) => string): string => text.replaceAll(/[/+=]/g, (sign) => code(hexOf(sign)));
const hexOf = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(2, '0');

describe('a key', () => {
  it.each<[string, string]>([
    ['as it is', key],
    ['as PHP writes JSON', key.replaceAll('/', '\\/')],
    ['as Gson writes it', key.replaceAll('=', '\\u003d')],
    ['as .NET writes it', key.replaceAll('+', '\\u002B')],
    ['with all signs escaped', inCode(key, (hex) => `\\u00${hex}`)],
    ['with all signs escaped in capitals', inCode(key, (hex) => `\\u00${hex.toUpperCase()}`)],
    ['in JSON within JSON', JSON.stringify(key.replaceAll('/', '\\/').replaceAll('=', '\\u003d')).slice(1, -1)],
    ['with a letter escaped', key.replace('k', '\\u006b')],
    ['with all letters escaped', [...key].map((sign) => `\\u00${hexOf(sign)}`).join('')],
    ['in an address', encodeURIComponent(key)],
    ['in an address, in small letters', encodeURIComponent(key).replaceAll(/%../g, (code) => code.toLowerCase())],
  ])('is found %s', (_, form) => {
    expect(withoutSecrets(`bad key ${form} given`, forms)).toBe(`bad key ${mark} given`);
    expect(bytesWithoutSecrets(Buffer.from(`é ${form}`), forms).toString()).toBe(`é ${mark}`);
    expect(bytesWithoutSecrets(Buffer.from(`${'é'.repeat(5000)} ${form}`), forms).toString()).toContain(mark);
  });

  it.each<[string, string]>([
    ['alone', base64(key)],
    ['as a password', base64(`:${key}`)],
    ['as a name', base64(`${key}:`)],
    ['behind a name', base64(`me:${key}`)],
    ['between others', base64(`a-user:${key}:more`)],
    ['with the signs of addresses', Buffer.from(`>>>???${key}`).toString('base64url')],
    ['in JSON', base64(`???${key}`).replaceAll('/', '\\/')],
  ])('is found in base64 %s', (_, text) => {
    const left = withoutSecrets(`Basic ${text}`, forms);
    expect(left).toContain(mark);
    // What is left of it at its ends is less than a letter each.
    expect(Buffer.from(left.split(mark)[0]?.slice(6) ?? '', 'base64').toString('latin1')).not.toContain('Pk');
    expect(left.length).toBeLessThan(text.length);
    expect(showsSecret(text, forms)).toBe(true);
  });

  it('is found in base64 whose letters are escaped', () => {
    const text = [...base64(key)].map((sign) => `\\u00${hexOf(sign)}`).join('');
    expect(withoutSecrets(`Basic ${text}`, forms).length).toBeLessThan(60);
  });

  it('is taken out whole where another one is its beginning', () => {
    const long = `${key}-and-more`;
    expect(withoutSecrets(`${long} ${key}`, formsOf([key, long]))).toBe(`${mark} ${mark}`);
  });

  it.each(['EMPTY', 'ollama', 'none', 'dummy', 'lm-studio', 'sk-no-key-required', 'LM-Studio', 'short-1'])(
    'is none where it is %s: texts have that word too',
    (word) => {
      const text = `The list is ${word} now, or ${base64(word)}`;
      expect(withoutSecrets(text, formsOf([word]))).toBe(text);
      expect(bytesWithoutSecrets(Buffer.from(text), formsOf([word])).toString()).toBe(text);
    },
  );
});

it('leaves the bytes of an answer as they are, where its letters are there and the key is not', () => {
  const bytes = Buffer.from('some-long.key0 \xff é "Pk\\/aB"');
  expect(bytesWithoutSecrets(bytes, forms)).toBe(bytes);
});
