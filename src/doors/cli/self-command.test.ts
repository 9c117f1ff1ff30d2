import { describe, expect, it } from 'vitest';
import { quote, selfCommand } from './self-command.ts';

describe('selfCommand', () => {
  it.each([
    [
      'a clone',
      { script: '/clone/dist/src/doors/cli/main.js', cwd: '/clone', env: { npm_command: 'run-script' } },
      'node dist/src/doors/cli/main.js',
    ],
    ['another folder', { script: '/my clone/main.js', cwd: '/repo', env: {} }, "node '../my clone/main.js'"],
    ['an installed program', { script: '/usr/bin/jidoka', cwd: '/repo', env: { PATH: '/bin:/usr/bin' } }, 'jidoka'],
    ['npx', { script: '/repo/node_modules/.bin/jidoka', cwd: '/repo', env: { npm_command: 'exec', PATH: '/bin' } }, 'npx jidoka'],
    ['a program off the path', { script: '/opt/x/jidoka', cwd: '/repo', env: { PATH: '/bin' } }, '/opt/x/jidoka'],
  ])('in %s can be given to a shell as it is', (_, world, command) => {
    expect(selfCommand(world)).toBe(command);
  });
});

describe('quote', () => {
  it.each([
    ['jidoka/deps/@a/b@1.0.0', 'jidoka/deps/@a/b@1.0.0'],
    ['my shop', "'my shop'"],
    ["it's; rm -rf", String.raw`'it'\''s; rm -rf'`],
    ['', "''"],
  ])('%j', (word, quoted) => {
    expect(quote(word)).toBe(quoted);
  });
});
