import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { countersScript, parseCounters } from './counters.ts';

/** Runs the script as a container does, on files as the kernel has them. */
function counted(files: Readonly<Record<string, string>>): ReturnType<typeof parseCounters> {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-cgroup-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { stdout, status } = spawnSync('/bin/sh', ['-c', countersScript.replace('/sys/fs/cgroup', folder)], {
      encoding: 'utf8',
      env: {},
    });
    expect(status).toBe(0);
    return parseCounters(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('both versions of cgroups are read', () => {
  const second = {
    'memory.events': 'low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\noom_group_kill 0\n',
    'memory.peak': '4096\n',
    'pids.events': 'max 5\n',
    'cpu.max': '150000 100000\n',
  };
  expect(counted(second)).toEqual({ memory: 3, processes: 5, memoryPeakBytes: 4096, cpus: 1.5 });
  const first = {
    'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    'memory/memory.max_usage_in_bytes': '4096\n',
    'pids/pids.events': 'max 5\n',
    'cpu,cpuacct/cpu.cfs_quota_us': '150000\n',
    'cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  };
  expect(counted(first)).toEqual({ memory: 3, processes: 5, memoryPeakBytes: 4096, cpus: 1.5 });
});

test('what the kernel does not tell is not made up', () => {
  const none = { 'memory.events': 'oom_kill 0\n', 'pids.events': 'max 0\n', 'cpu.max': 'max 100000\n' };
  expect(counted(none)).toEqual({ memory: 0, processes: 0, memoryPeakBytes: null, cpus: null });
});
