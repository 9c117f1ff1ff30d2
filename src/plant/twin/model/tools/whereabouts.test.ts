import { expect, test } from 'vitest';
import type { ModelCall } from '../call.ts';
import { workingFolder } from './whereabouts.ts';

function told(text: string): ModelCall {
  const call: Partial<ModelCall> = { system: text, turns: [] };
  return call as ModelCall; // what is said to a model is all that is looked at
}

test.each([
  ['<cwd>/w/tree</cwd>'],
  ['Primary working directory: /w/tree\n'],
  ['**Working directory:** /w/tree\n'],
  ["I'm currently working in the directory: /w/tree\nHere is the folder structure"],
  ['cwd: /w/tree'],
])('an agent that says %j works in that folder', (text) => {
  expect(workingFolder(told(text))).toBe('/w/tree');
});

test('one that does not say where it works in works in no known folder', () => {
  expect(workingFolder(told('You work in a directory.'))).toBeNull();
});
