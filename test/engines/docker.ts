import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from './engine.ts';
import type { EngineUnderTest } from './engine.ts';

/** Starts a Docker daemon without any network, in a folder of its own. */
export function startDocker(): Promise<EngineUnderTest> {
  return startEngine({
    kind: 'docker',
    needs: ['dockerd', 'containerd', 'runc'],
    mend: 'Run `apt-get install -y docker.io`, as root.',
    async start(folder, socket) {
      const at = (name: string): string => join(folder, name);
      const quiet = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--log-level', 'warn'];
      const own = ['--data-root', at('data'), '--exec-root', at('exec'), '-p', at('pid'), '-H', `unix://${socket}`];
      return { argv: ['dockerd', ...quiet, ...own], env: {} };
    },
    async image({ tar, name, changes }, _folder, api) {
      const [repo = '', tag = ''] = name.split(':');
      const stream = await api.importImage(createReadStream(tar) as unknown as string, { repo, tag, changes });
      await new Promise<void>((resolve, reject) =>
        api.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error))),
      );
      return name;
    },
  });
}
