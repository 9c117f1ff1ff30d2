import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, startEngine } from './engine.ts';
import type { EngineUnderTest } from './engine.ts';

/** Starts podman's service in a folder of its own, with settings under which it works without systemd. */
export function startPodman(): Promise<EngineUnderTest> {
  return startEngine({
    kind: 'podman',
    needs: ['podman', 'conmon', 'runc'],
    mend: 'Run `apt-get install -y podman runc`, as root.',
    async start(folder, socket) {
      const env = await settings(folder);
      return { argv: ['podman', ...placesOf(folder), 'system', 'service', '--time', '0', `unix://${socket}`], env };
    },
    async image({ tar, name, changes }, folder) {
      const local = `localhost/${name}`;
      const flags = changes.flatMap((change) => ['--change', change]);
      await run(['podman', ...placesOf(folder), 'import', '--quiet', ...flags, tar, local], settingsAt(folder));
      return local;
    },
  });
}

function placesOf(folder: string): readonly string[] {
  return ['--root', join(folder, 'data'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')];
}

function settingsAt(folder: string): Readonly<Record<string, string>> {
  return { CONTAINERS_CONF: join(folder, 'containers.conf'), CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'), TMPDIR: folder };
}

/** Limits of its own, because it may not raise those it has; and runc, because crun refuses mixed cgroups. */
async function settings(folder: string): Promise<Readonly<Record<string, string>>> {
  const env = settingsAt(folder);
  const containers = [
    '[containers]',
    'default_ulimits = ["nofile=10000:10000", "nproc=30000:30000"]',
    '[engine]',
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
  ];
  const storage = ['[storage]', 'driver = "overlay"', `graphroot = "${join(folder, 'data')}"`, `runroot = "${join(folder, 'run')}"`];
  await writeFile(env['CONTAINERS_CONF'] ?? '', `${containers.join('\n')}\n`);
  await writeFile(env['CONTAINERS_STORAGE_CONF'] ?? '', `${storage.join('\n')}\n`);
  return env;
}
