import { describe, expect, test } from 'vitest';
import { bubblewrapWall } from './bubblewrap.ts';
import { namespacesWall } from './namespaces.ts';
import { parseMounts, seeHost } from './see-host.ts';
import { viewOf } from './view.ts';
import type { Bind, HostLayout } from './view.ts';
import type { Confinement } from './wall.ts';

const host: HostLayout = {
  shared: [
    { path: '/usr', is: 'folder' },
    { path: '/bin', is: { linkTo: 'usr/bin' } },
    { path: '/etc/localtime', is: 'file' },
  ],
  mounts: [
    { path: '/', noexec: false },
    { path: '/srv', noexec: true },
    { path: '/srv/job/tree/cache', noexec: false },
  ],
};

const command: Confinement = {
  argv: ['true'],
  cwd: '/srv/job/tree',
  env: { HOME: '/srv/job/home', TMPDIR: '/srv/job/tmp' },
  writable: ['/srv/job/tree', '/srv/job/home', '/srv/job/tmp'],
  readable: ['/opt/node'],
  socket: '/srv/job/out',
};

const bindsOf = (changes: Partial<Confinement>): readonly Bind[] =>
  viewOf({ ...command, ...changes }, host).filter((entry) => entry.kind === 'bind');

describe('what a confined command sees', () => {
  test('of the host is what is named, and no folder above it', () => {
    expect(bindsOf({}).map(({ access, path }) => `${access} ${path}`)).toEqual([
      'read /usr',
      'read /etc/localtime',
      'write /tmp',
      'read /opt/node',
      'read /srv/job/out',
      'write /srv/job/tmp',
      'write /srv/job/home',
      'write /srv/job/tree',
    ]);
  });

  test('keeps links to programs the links they are', () => {
    expect(viewOf(command, host)).toContainEqual({ kind: 'link', path: '/bin', target: 'usr/bin' });
  });

  test('has the temporary folder of the job at /tmp, but never litters it with what the host shows below /tmp', () => {
    expect(viewOf(command, host)).toContainEqual(expect.objectContaining({ path: '/tmp', from: '/srv/job/tmp', access: 'write' }));
    const below = { ...command, writable: ['/tmp/job/tmp'], env: { TMPDIR: '/tmp/job/tmp' } };
    expect(viewOf(below, host)).toContainEqual({ kind: 'tmpfs', path: '/tmp' });
    expect(viewOf({ ...command, env: { TMPDIR: '/home/ada' } }, host)).toContainEqual({ kind: 'tmpfs', path: '/tmp' });
  });

  test.each([
    ['a writable in a readable', { readable: ['/data'], writable: ['/data/mine'] }, ['read /data', 'write /data/mine']],
    ['a readable in a writable', { readable: ['/data/theirs'], writable: ['/data'] }, ['write /data', 'read /data/theirs']],
    ['what is both', { readable: ['/data'], writable: ['/data'] }, ['write /data']],
  ])('%s is shown so', (_, changes, expected) => {
    const shown = bindsOf({ ...changes, socket: null }).map(({ access, path }) => `${access} ${path}`);
    expect(shown.filter((one) => one.includes('/data'))).toEqual(expected);
  });

  test('does not show twice what the system shows already', () => {
    expect(bindsOf({ readable: ['/usr/lib', '/bin/node'] }).map(({ path }) => path)).not.toContain('/usr/lib');
  });

  test.each([
    '/',
    '/home',
    '/root',
    '/tmp',
    '/etc',
    '/run',
    '/proc/1',
    '/dev/sda',
    '/sys/x',
    'relative',
    '/a/../b',
    '/a//b',
    '/a/',
    '/a\nb',
  ])('refuses to open %j', (path) => {
    for (const changes of [{ readable: [path] }, { writable: [path] }, { socket: path }]) {
      expect(() => viewOf({ ...command, ...changes }, host)).toThrowError(expect.objectContaining({ code: 'workspace-failed' }));
    }
  });

  test('refuses to make a folder of programs writable', () => {
    expect(() => viewOf({ ...command, writable: ['/usr'] }, host)).toThrow(/\/usr/);
  });
});

describe('the walls', () => {
  const walls = [bubblewrapWall('/usr/bin/bwrap', host), namespacesWall('/usr/bin:/bin', host)];

  test.each(walls)('of $kind starts nothing with the environment of the command', (wall) => {
    const { env, argv } = wall.confine({ ...command, env: { ...command.env, LD_PRELOAD: '/srv/job/tree/evil.so', PATH: '/srv/job/tree' } });
    expect(env).not.toHaveProperty('LD_PRELOAD');
    expect(JSON.stringify(env)).not.toContain('/srv/job');
    expect(argv.join(' ')).toContain('/srv/job/tree/evil.so');
  });

  test.each(walls)('of $kind gives the command its words as they are', (wall) => {
    const words = ['printf', '%s', 'a b', '$(id)', '--', "it's\n*"] as const;
    expect(wall.confine({ ...command, argv: words }).argv.slice(-words.length)).toEqual(words);
  });

  test('of util-linux keeps forbidden what the host forbids on a mount, and tells inner mounts their rights', () => {
    const { argv } = namespacesWall('/usr/bin', host).confine(command);
    expect(argv.find((word) => word.includes('none rbind'))?.split('\n')).toEqual(
      expect.arrayContaining([
        '/usr /sys/usr none rbind,ro,nosuid,nodev 0 0',
        '/srv/job/tree /sys/srv/job/tree none rbind,rw,nosuid,nodev,noexec 0 0',
      ]),
    );
    expect(argv).toContain('rw,nosuid,nodev\n/sys/srv/job/tree/cache');
    const both = namespacesWall('/usr/bin', host).confine({ ...command, readable: ['/srv/job/tree/cache'] });
    expect(both.argv.join(' ')).not.toContain('rw,nosuid,nodev\n/sys/srv/job/tree/cache');
  });

  test('of util-linux writes names as fstab wants them', () => {
    const { argv } = namespacesWall('/usr/bin', host).confine({ ...command, writable: ['/data/a b\\c#d'] });
    expect(argv.join(' ')).toContain('/data/a\\040b\\134c\\043d /sys/data/a\\040b\\134c\\043d none rbind,rw');
  });
});

describe('this host', () => {
  test('shows its programs, and of /etc nothing that names a server, a person or a secret', async () => {
    const { shared, mounts } = await seeHost();
    const paths = shared.map(({ path }) => path);
    expect(paths).toContain('/usr');
    expect(paths.filter((path) => /passwd|shadow|group|resolv|hosts|sudo|ssh|npmrc|gitconfig|machine-id|private/.test(path))).toEqual([]);
    expect(mounts.map(({ path }) => path)).toContain('/');
  });

  test('tells its mounts, whatever their names', () => {
    const text = '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n30 22 0:5 / /mnt/a\\040b rw,noexec - tmpfs t rw\n';
    expect(parseMounts(text)).toEqual([
      { path: '/', noexec: false },
      { path: '/mnt/a b', noexec: true },
    ]);
  });
});
