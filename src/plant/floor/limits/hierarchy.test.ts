import { expect, test } from 'vitest';
import { readHierarchies } from './hierarchy.ts';

test('on a machine of version 2 there is one tree', () => {
  const mountinfo =
    '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n36 24 0:31 / /proc rw - proc proc rw\n';
  const own = String.raw`/user.slice/user@1000.service/app.slice/app-a\x2db.scope`;
  expect(readHierarchies(mountinfo, `0::${own}\n`)).toEqual([
    { version: 2, controllers: [], mount: '/sys/fs/cgroup', own: `/sys/fs/cgroup${own}` },
  ]);
});

test('on a hybrid machine each tree has its controllers and its own place', () => {
  const mountinfo = [
    '30 24 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup rw',
    '31 24 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
    '32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
    '33 24 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '34 24 0:30 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio',
  ].join('\n');
  const cgroup = '4:memory:/jobs/7\n3:cpu,cpuacct:/\n2:blkio:/\n1:name=systemd:/\n0::/';
  expect(readHierarchies(mountinfo, cgroup)).toEqual([
    { version: 2, controllers: [], mount: '/sys/fs/cgroup/unified', own: '/sys/fs/cgroup/unified' },
    { version: 1, controllers: ['cpu', 'cpuacct'], mount: '/sys/fs/cgroup/cpu,cpuacct', own: '/sys/fs/cgroup/cpu,cpuacct' },
    { version: 1, controllers: ['memory'], mount: '/sys/fs/cgroup/memory', own: '/sys/fs/cgroup/memory/jobs/7' },
  ]);
});

test('in a container that sees a part of the tree the place is looked for in that part', () => {
  const mountinfo = '40 24 0:29 /docker/ab12 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory';
  expect(readHierarchies(mountinfo, '4:memory:/docker/ab12')[0]?.own).toBe('/sys/fs/cgroup/memory');
  expect(readHierarchies(mountinfo, '4:memory:/docker/ab12/inner')[0]?.own).toBe('/sys/fs/cgroup/memory/inner');
});

test('a place that cannot be seen from here is none', () => {
  const part = '40 24 0:29 /docker/ab12 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
  expect(readHierarchies(part, '4:memory:/docker/ab123')).toEqual([]);
  const whole = '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
  expect(readHierarchies(whole, '0::/../../other.scope')).toEqual([]);
});

test('blanks in the folder of a mount are read as such, and no cgroups at all are none', () => {
  const mountinfo = String.raw`35 24 0:30 / /run/my\040groups rw - cgroup2 cgroup2 rw`;
  expect(readHierarchies(mountinfo, '0::/a b')[0]?.own).toBe('/run/my groups/a b');
  expect(readHierarchies('', '')).toEqual([]);
});
