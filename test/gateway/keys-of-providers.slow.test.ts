import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { descendants } from '../../kit/scenario/index.ts';
import { change } from '../plant/line-of.ts';
import { openPlant, type Plant } from '../plant/plant.ts';

const secret = 'sk-of-the-provider-0123456789';
const mark = 'station-of-this-test';
const settings = `gateway:
  providers: { house: { protocols: [chat], base: "http://127.0.0.1:9", key: env:HOUSE_KEY, vendor: self, region: own } }
  models:
    strong: { upstreams: [house/big], price: { asOf: 2026-11-20, input: 3, output: 15 }, window: 9000, output: 100, capabilities: [tools], weights: open }
  slots: { main: strong }
`;
/** Writes its change, and lives long enough to be looked at. */
const work = `require('node:fs').mkdirSync('src', { recursive: true }); require('node:fs').writeFileSync('src/new.js', '1;\\n'); setTimeout(() => {}, 1500)`;

let plant: Plant;
beforeAll(async () => {
  plant = await openPlant();
  await mkdir(join(plant.folder, 'home'));
  await writeFile(join(plant.folder, 'home', 'factory.yaml'), settings);
});
afterAll(() => plant.close());

/** Until it has its name, a gateway's is that of its file. */
const isGateway = (command: string) => /^jidoka-gateway|gateway-process/.test(command);

/** What a process was started with, and whether the key is in its environment. */
async function seen(pid: number): Promise<{ readonly command: string; readonly hasKey: boolean } | null> {
  try {
    // In this order: the environment is that of the command or of what it begins next.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    return command === '' ? null : { command: command.replaceAll('\0', ' ').trim(), hasKey: environment.includes(secret) };
  } catch {
    return null; // It ended.
  }
}

it.runIf(process.platform === 'linux')(
  'keys of providers that were exported before `up` are in the daemon and its gateway, and in nothing else that the daemon starts',
  async () => {
    const daemon = await plant.up([], { env: { HOUSE_KEY: secret } });
    const own = await seen(daemon.pid);
    const line = await plant.line('keys', [
      { id: 'applicability', does: 'applicability' },
      { id: 'baseline', does: 'baseline' },
      change('change', { run: ['node', '-e', work, mark] }),
      { id: 'inspection', does: 'inspection' },
    ]);
    const run = await plant.leave({ line, title: 'Write a file', repository: (await plant.project()).path });
    let isOver = false;
    const verdict = plant.event(({ run: of, body }) => of === run && body.type === 'verdict.decided').finally(() => (isOver = true));
    const commands = new Map<string, boolean>();
    while (!isOver) {
      for (const { pid } of await descendants(daemon.pid)) {
        const one = await seen(pid);
        // Between its fork and the program that it begins a child still is its parent, keys and all.
        if (one !== null && one.command !== own?.command) commands.set(one.command, one.hasKey || (commands.get(one.command) ?? false));
      }
      await pause(30);
    }
    expect((await verdict).body).toMatchObject({ verdict: 'PR_READY' });
    const all = [...commands.keys()];
    for (const one of [mark, 'git ', 'jidoka-gateway'])
      expect(
        all.filter((command) => command.includes(one)),
        one,
      ).not.toEqual([]);
    expect(own).toMatchObject({ hasKey: true });
    expect(all.filter((command) => commands.get(command))).toEqual(all.filter(isGateway));
  },
);
