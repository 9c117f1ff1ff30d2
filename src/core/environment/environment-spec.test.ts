import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../kit/evidence/index.ts';
import { type EnvironmentParts, EnvironmentSpec, sealEnvironment } from './environment-spec.ts';

const parts: EnvironmentParts = {
  source: '.jidoka/factory.yaml',
  base: { kind: 'host' },
  tools: { node: '22', python: '3.12' },
  setup: [
    { words: ['npm', 'ci'], cwd: '', network: 'registry' },
    { words: ['sh', '-c', 'make'], cwd: 'packages/a', network: 'registry' },
  ],
  env: { CI: 'true', TZ: 'UTC' },
  refused: [],
};
const digest = (otherwise: Partial<EnvironmentParts>): string => sealEnvironment({ ...parts, ...otherwise }, sha256).digest;

describe('the digest of an environment', () => {
  it.each<[string, Partial<EnvironmentParts>]>([
    ['keys in another order', { env: { TZ: 'UTC', CI: 'true' }, tools: { python: '3.12', node: '22' } }],
    ['another file that says the same', { source: null }],
    ['something refused, which changes nothing', { refused: [{ what: 'runArgs', why: 'It opens the wall.' }] }],
  ])('stays with %s', (_, otherwise) => {
    expect(digest(otherwise)).toBe(digest({}));
  });

  it.each<[string, Partial<EnvironmentParts>]>([
    ['another base', { base: { kind: 'image', image: 'node:22' } }],
    ['another version', { tools: { ...parts.tools, node: '24' } }],
    ['a tool less', { tools: { node: '22' } }],
    ['another order of commands', { setup: parts.setup.toReversed() }],
    ['words cut elsewhere', { setup: [{ words: ['npm ci'], cwd: '', network: 'registry' }, ...parts.setup.slice(1)] }],
    ['another folder', { setup: parts.setup.map((command) => ({ ...command, cwd: '' })) }],
    ['another value', { env: { ...parts.env, CI: '1' } }],
    ['a variable more', { env: { ...parts.env, A: '' } }],
  ])('changes with %s', (_, otherwise) => {
    expect(digest(otherwise)).not.toBe(digest({}));
  });
});

it('is read back as it was written', () => {
  const sealed = sealEnvironment(parts, sha256);
  expect(EnvironmentSpec.parse(JSON.parse(JSON.stringify(sealed)))).toEqual(sealed);
});

const command = (words: [string, ...string[]], cwd = ''): Partial<EnvironmentParts> => ({ setup: [{ words, cwd, network: 'registry' }] });

it.each<[string, Partial<EnvironmentParts>]>([
  ['an option in place of an image', { base: { kind: 'image', image: '--privileged' } }],
  ['an image with a blank', { base: { kind: 'image', image: 'node 22' } }],
  ['a file out of the repository', { base: { kind: 'dockerfile', path: '../Dockerfile' } }],
  ['a file of the host', { base: { kind: 'dockerfile', path: '/etc/passwd' } }],
  ['a file by a detour', { base: { kind: 'dockerfile', path: 'a/../../Dockerfile' } }],
  ['a folder out of the repository', command(['true'], '..')],
  ['a NUL in a command', command(['a\0b'])],
  ['a command without a program', command([''])],
  ['a command without an end', command(['echo', 'x'.repeat(20_000)])],
  ['commands without an end', { setup: Array.from({ length: 65 }, () => ({ words: ['true'], cwd: '', network: 'registry' as const })) }],
  ['a NUL in a variable', { env: { A: 'a\0b' } }],
  ['no name of a variable', { env: { 'A B': '' } }],
  ['two lines in place of a version', { tools: { node: '20\n22' } }],
])('is never sealed with %s', (_, otherwise) => {
  expect(() => sealEnvironment({ ...parts, ...otherwise }, sha256)).toThrow(/invalid|It |Too/i);
});
