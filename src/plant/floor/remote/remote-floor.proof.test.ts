import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floorContract, wayOutContract } from '../../../../kit/floor/index.ts';
import { deskEgress } from '../../../../test/floor/desk-egress.ts';
import { otherByPipe, pipeFloor } from '../../../../test/remote/pipe-floor.ts';

// The floor with walls is served so too; it is held to the same over a line that breaks, in ../ssh.
const served = 'host';

floorContract(`a ${served} floor over a pipe`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-pipe-'));
  await chmod(folder, 0o711);
  const floor = pipeFloor({ floor: served, folder });
  return {
    floor,
    tellsSignals: true,
    async end() {
      await floor.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
    other: () => otherByPipe({ floor: served, folder }),
  };
});

wayOutContract(`a ${served} floor over a pipe`, async (desk) => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-pipe-'));
  await chmod(folder, 0o711);
  const floor = pipeFloor({ floor: served, folder, egress: deskEgress(desk) });
  return {
    floor,
    async end() {
      await floor.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
});
