import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { floorContract } from '../../../../kit/floor/index.ts';
import { otherByPipe, pipeFloor } from '../../../../test/remote/pipe-floor.ts';

describe.each(['host', 'sandbox'] as const)('served: %s', (served) => {
  floorContract(`a ${served} floor over a pipe`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-pipe-'));
    await chmod(folder, 0o711);
    const floor = pipeFloor({ floor: served, folder });
    return {
      floor,
      tellsSignals: served === 'host',
      async end() {
        await floor.close();
        await rm(folder, { recursive: true, force: true, maxRetries: 10 });
      },
      other: () => otherByPipe({ floor: served, folder }),
    };
  });
});
