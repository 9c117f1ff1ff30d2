import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { floorContract, otherOwner, wayOutContract } from '../../kit/floor/index.ts';
import type { OtherOwner } from '../../kit/floor/index.ts';
import type { Floor, Workspace } from '../../src/core/ports/floor.ts';
import { containerFloor } from '../../src/plant/floor/container/index.ts';
import { deskEgress } from '../floor/desk-egress.ts';
import { commandsInContainer } from './container-commands.ts';
import { livesOfContainers } from './container-lives.ts';
import type { EngineUnderTest } from './engine.ts';
import { optionsOn } from './given-container.ts';
import { containerOutlook } from './outlook.ts';
import { parrot } from './parrot.ts';

const asRoot = process.getuid?.() === 0;

/** The contract of floors, and what is true of containers beside it, on an engine that is started for it. */
export function containerSuite(kind: EngineUnderTest['kind'], start: () => Promise<EngineUnderTest>): void {
  describe.runIf(asRoot)(kind, () => {
    let engine: EngineUnderTest;
    const way = parrot();
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => {
      way.close();
      await engine.end();
    });

    floorContract(`containers of ${kind}`, async () => {
      const root = await mkdtemp(join(tmpdir(), 'jidoka-c-'));
      const floor = containerFloor(optionsOn(engine, root, way.egress));
      return {
        floor,
        outlook: containerOutlook(engine),
        other: () => otherFactory(engine, root),
        async end() {
          await floor.close();
          await rm(root, { recursive: true, force: true, maxRetries: 10 });
        },
      };
    });

    wayOutContract(`containers of ${kind}`, async (desk) => {
      const root = await mkdtemp(join(tmpdir(), 'jidoka-c-'));
      const floor = containerFloor(optionsOn(engine, root, deskEgress(desk)));
      return {
        floor,
        async end() {
          await floor.close();
          await rm(root, { recursive: true, force: true, maxRetries: 10 });
        },
      };
    });

    describe(`a workspace in a container of ${kind}`, () => {
      let root: string;
      let floor: Floor;
      let one: Workspace;
      beforeAll(async () => {
        root = await mkdtemp(join(tmpdir(), 'jidoka-c-'));
        floor = containerFloor({
          ...optionsOn(engine, root, way.egress),
          limits: { memoryBytes: 200 * 2 ** 20, processes: 60, cpus: 1, diskBytes: 60 * 2 ** 20 },
        });
        one = await floor.open('one');
      });
      afterAll(async () => {
        await one.destroy();
        await floor.close();
        await rm(root, { recursive: true, force: true, maxRetries: 10 });
      });
      const given = { kind, engine: () => engine, egress: way.egress, root: () => root, floor: () => floor, one: () => one };
      commandsInContainer(given);
      livesOfContainers(given);
    });

    test.each([
      ['node', ['/usr/local/bin/node'], 'Node.js 20.19'],
      ['git', ['/usr/bin/git'], 'git'],
      ['sh', ['/usr/bin/sh', '/usr/bin/dash'], 'sh'],
    ])('an image without %s is refused with what it lacks, and nothing of the attempt stays', async (_what, files, lacking) => {
      const root = await mkdtemp(join(tmpdir(), 'jidoka-c-'));
      const maker = await engine.api.createContainer({ Image: engine.image, Cmd: ['rm', ...files] });
      await maker.start();
      await maker.wait();
      const { Id } = (await maker.commit({ _query: { container: maker.id }, _body: { Labels: { made: 'lacking' } } })) as {
        readonly Id: string;
      };
      await maker.remove();
      const floor = containerFloor({ ...optionsOn(engine, root, way.egress), image: Id.replace(/^sha256:/, '') });
      await expect(floor.probe()).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(lacking),
        mend: expect.stringContaining('node:22'),
      });
      expect(await engine.api.listContainers({ all: true, filters: { label: ['jidoka.use=canary'] } })).toEqual([]);
      await rm(root, { recursive: true });
    });
  });
}

/** The factory in another process, as it was built: so was the runner that it puts into containers. */
function otherFactory({ image, address }: EngineUnderTest, root: string): Promise<OtherOwner> {
  const built = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../dist', path));
  return otherOwner(
    root,
    `
    import { serveOwner } from ${built('kit/floor/other-owner.js')};
    import { containerFloor } from ${built('src/plant/floor/container/index.js')};
    const clock = { now: () => new Date().toISOString(), monotonicMs: () => performance.now() };
    const egress = { serve: async () => { throw new Error('there is no way out'); } };
    await serveOwner(containerFloor({ ...${JSON.stringify({ root, image, engine: address })}, clock, egress, env: {}, log: () => undefined }));
  `,
  );
}
