import { describe, expect, test } from 'vitest';
import type { Confinement } from '../wall.ts';
import { profileOf } from './profile.ts';
import { seatbeltWall } from './seatbelt.ts';

const command: Confinement = {
  argv: ['true'],
  cwd: '/factory/work/tree',
  env: { HOME: '/factory/work/home', JIDOKA: 'a b' },
  writable: ['/factory/work/tree', '/factory/work/home', '/tmp/job'],
  readable: ['/opt/node/bin'],
  socket: null,
};

/** The rules of a profile: nested lists of words and strings, as the system reads them. */
function parse(text: string): readonly unknown[] {
  const words = [...text.matchAll(/\s*([()]|"(?:[^"\\]|\\.)*"|[^\s()"]+)/gy)].map(([, word]) => word ?? '');
  expect(words.join('').replaceAll(/\s/g, ''), 'nothing is left over').toBe(text.replaceAll(/\s/g, ''));
  const stack: unknown[][] = [[]];
  for (const word of words) {
    if (word === '(') stack.push([]);
    else if (word === ')') stack.at(-2)?.push(stack.pop());
    else stack.at(-1)?.push(word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word);
  }
  expect(stack.length, 'every list ends').toBe(1);
  return stack[0] ?? [];
}

describe('the profile for macOS', () => {
  test('denies all that it does not name, and names no whole disk and no home', () => {
    const rules = parse(profileOf(command, 4873));
    expect(rules.slice(0, 2)).toEqual([
      ['version', '1'],
      ['deny', 'default'],
    ]);
    const opened = rules.flatMap((rule) => (Array.isArray(rule) && rule[0] === 'allow' ? rule.filter(Array.isArray) : []));
    const folders = opened.filter(([kind]) => kind === 'subpath').map(([, path]) => path);
    for (const wide of [
      '/',
      '/Users',
      '/opt',
      '/factory',
      '/factory/work',
      '/private',
      '/private/var',
      '/private/etc',
      '/Library',
      '/Volumes',
    ]) {
      expect(folders, wide).not.toContain(wide);
    }
    expect(JSON.stringify(rules)).not.toMatch(/regex|com\.apple\.(securityd|SecurityServer|lsd|launchservices|appleevents|pasteboard)/);
  });

  test('lets its own folders be written and nothing else', () => {
    const rules = parse(profileOf(command, 4873)).filter(
      (rule) => Array.isArray(rule) && rule[0] === 'allow' && rule.includes('file-write*'),
    );
    expect(rules).toEqual([
      ['allow', 'file-write*', ['subpath', '/factory/work/tree'], ['subpath', '/factory/work/home'], ['subpath', '/private/tmp/job']],
    ]);
  });

  test('keeps what may only be read within what may be written, by a later rule', () => {
    const text = profileOf({ ...command, readable: ['/tmp/job/base'] }, 4873);
    expect(text.indexOf('(deny file-write*\n  (subpath "/private/tmp/job/base"))')).toBeGreaterThan(text.indexOf('(allow file-write*'));
  });

  test('allows no network without a way out, and with one its port and its socket', () => {
    const networks = (socket: string | null): unknown[] =>
      parse(profileOf({ ...command, socket }, 4873)).filter((rule) => Array.isArray(rule) && /^(network|appleevent)/.test(String(rule[1])));
    const denied = [
      ['deny', 'appleevent-send'],
      ['deny', 'network*'],
    ];
    expect(networks(null)).toEqual(denied);
    expect(networks('/tmp/out')).toEqual([
      ...denied,
      ['allow', 'network-bind', 'network-inbound', ['local', 'ip', 'localhost:4873']],
      ['allow', 'network-outbound', ['remote', 'ip', 'localhost:4873']],
      ['allow', 'network-outbound', ['remote', 'unix-socket', ['path-literal', '/private/tmp/out']]],
    ]);
  });

  test.each(['/srv/a"b', '/srv/a\\', '/srv/a\\"))(allow default)(x "', '/srv/(allow default)', '/srv/;x', '/srv/ü #"', "/srv/'`$(id)"])(
    'takes a folder named %j for one folder',
    (path) => {
      const plain = parse(profileOf(command, 4873));
      const rules = parse(profileOf({ ...command, writable: [...command.writable, path] }, 4873));
      expect(rules.length).toBe(plain.length);
      expect(rules.filter((rule) => JSON.stringify(rule).includes(JSON.stringify(['subpath', path]))).length).toBe(2);
    },
  );

  test.each(['/srv/a\nb', '/srv/"))\t', '/srv/a\u0000b', '/srv/a\u001bb', '/srv/../etc', '/srv//x', '/srv/.', '/srv/a\u2028b'])(
    'refuses a folder named %j',
    (path) => {
      for (const changes of [{ writable: [path] }, { readable: [path] }, { socket: path }]) {
        expect(() => profileOf({ ...command, ...changes }, 4873)).toThrowError(expect.objectContaining({ code: 'workspace-failed' }));
      }
    },
  );
});

describe('the wall for macOS', () => {
  const wall = seatbeltWall('/usr/bin/sandbox-exec');

  test('gives the command its words and its environment, and nothing of the factory', () => {
    const words = ['printf', '%s', 'a b', '$(id)', '--', "it's\n*"] as const;
    const { argv, env } = wall.confine({ ...command, argv: words });
    expect(env).toEqual({});
    expect(argv.slice(-words.length)).toEqual(words);
    expect(argv).toContain('JIDOKA=a b');
  });

  test.each(['/', '/Users', '/private', '/tmp', '/etc', 'relative'])('refuses to open %j', (path) => {
    expect(() => wall.confine({ ...command, readable: [path] })).toThrowError(expect.objectContaining({ code: 'workspace-failed' }));
  });
});
