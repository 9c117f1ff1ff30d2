import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floorContract, otherBuilt, wayOutContract } from '../../../../kit/floor/index.ts';
import { deskEgress } from '../../../../test/floor/desk-egress.ts';
import { startSshd } from '../../../../test/remote/sshd.ts';
import type { Egress } from '../../../core/ports/egress.ts';
import type { Floor } from '../../../core/ports/floor.ts';
import { sshFloor } from './ssh-floor.ts';
import type { SshFloorOptions } from './ssh-floor.ts';

const noWayOut: Egress = { serve: () => Promise.reject(new Error('there is no way out')) };

floorContract('ssh', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-ssh-'));
  await chmod(folder, 0o711);
  const sshd = await startSshd(folder);
  const settings: Omit<SshFloorOptions, 'log' | 'egress' | 'env'> = {
    host: sshd.host,
    sshOptions: sshd.sshOptions,
    root: join(folder, 'work'),
    folder: join(folder, 'sockets'),
    mostOutputBytes: 3_000_000,
  };
  const floor: Floor = sshFloor({ ...settings, env: process.env, log: () => undefined, egress: noWayOut });
  return {
    floor,
    tellsSignals: false,
    async end() {
      await floor.close();
      await sshd.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
    other: () =>
      otherBuilt(
        folder,
        `const { sshFloor } = await load('src/plant/floor/ssh/ssh-floor.js');
        const egress = { serve: () => Promise.reject(new Error('there is no way out')) };
        await serveOwner(sshFloor({ ...${JSON.stringify(settings)}, env: process.env, log: () => undefined, egress }));`,
      ),
  };
});

wayOutContract('ssh', async (desk) => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-ssh-'));
  await chmod(folder, 0o711);
  const { host, sshOptions, stop } = await startSshd(folder);
  const places = { root: join(folder, 'work'), folder: join(folder, 'sockets') };
  const floor = sshFloor({ host, sshOptions, ...places, env: process.env, log: () => undefined, egress: deskEgress(desk) });
  return {
    floor,
    async end() {
      await floor.close();
      await stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
});
