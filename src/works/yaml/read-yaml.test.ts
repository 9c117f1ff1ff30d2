import { describe, expect, it } from 'vitest';
import { readYaml } from './index.ts';

const allowed = 256 * 1024;
const filled = (line: string): string => line.repeat(Math.floor((allowed - 100) / line.length));
const numbered = (line: (at: number) => string): string => Array.from({ length: 15_000 }, (_, at) => line(at)).join('');

/** 'line:column message' of the fault; the value where there is none. */
function read(text: string): unknown {
  const yaml = readYaml(text, allowed);
  return yaml.kind === 'read' ? yaml.value : `${yaml.place.line}:${yaml.place.column} ${yaml.message}`;
}

it('reads plain objects, aliases included', () => {
  expect(read('a: &a [1, "2"]\nb: *a\n"c d": { e: null }\n')).toEqual({ a: [1, '2'], b: [1, '2'], 'c d': { e: null } });
  expect(read('')).toBeNull();
});

it('leads from a path to the place of its value or key, or to the nearest place around it', () => {
  const yaml = readYaml('a:\n  - b\n  - c: 1\n', allowed);
  if (yaml.kind === 'fault') throw new Error(yaml.message);
  expect(yaml.placeOf({ path: ['a', 1, 'c'], at: 'value' })).toEqual({ offset: 16, line: 3, column: 8 });
  expect(yaml.placeOf({ path: ['a', 1, 'c'], at: 'key' })).toMatchObject({ line: 3, column: 5 });
  expect(yaml.placeOf({ path: ['a', 0, 'x', 'y'], at: 'value' })).toMatchObject({ line: 2, column: 5 });
});

it('keeps a key named like a prototype from being one', () => {
  const value = read('__proto__: { polluted: true }\n');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(value).not.toHaveProperty('polluted');
});

it.each([
  ['a key given twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', '4:3 This key is already given above.'],
  ['a key given as number and as text', '1: a\n"1": b\n', '2:1 This key is already given above.'],
  ['an alias of nothing', 'a: *b\n', '1:4 "*b" stands for nothing above.'],
  ['an alias of what comes later', 'a: *b\nb: &b 1\n', '1:4 "*b" stands for nothing above.'],
  ['an alias of what it stands in', 'a: &a\n  b: [*a]\n', '2:7 "*a" stands inside of what it stands for.'],
  ['what is no YAML', 'a: [1\n', '2:1 This is not YAML'],
])('refuses %s', (_, text, message) => {
  expect(read(text)).toEqual(expect.stringContaining(message));
});

// Each of these took seconds to minutes before the parser, or the search for aliases in it, was kept from them.
describe('a text made to take long', () => {
  it.each([
    ['aliases of one anchor', `a: &a 1\nb: [${filled('*a,')}]\n`, 'The file has more than 1000 aliases.'],
    ['anchors', numbered((at) => `k${at}: &a${at} 1\n`), 'It has 15000 anchors, more than 1000.'],
    ['a key given twice after many', `${numbered((at) => `k${at}:\n`)}k1:\n`, '15001:1 This key is already given above.'],
    ['a text of a megabyte', 'a'.repeat(2 ** 20), 'It has 1048576 characters, more than 262144.'],
    ['brackets', '['.repeat(5000), 'It opens more than 64 brackets within each other.'],
    ['dashes', '- '.repeat(5000), 'A line begins with more than 256 blanks and dashes.'],
  ])('is refused: %s', (_, text, message) => {
    expect(read(text)).toEqual(expect.stringContaining(message));
  });

  it('is read where it only is long', () => {
    expect(Object.keys(read(numbered((at) => `k${at}:\n`)) ?? {})).toHaveLength(15_000);
    expect(read(`a: |\n${filled('  cmd &>log && sleep 1 &\n  2>&1\n')}`)).toHaveProperty('a');
  });
});
