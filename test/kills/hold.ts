import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from '../../kit/scenario/index.ts';
import type { Scene } from '../scenarios/scene.ts';

/** A project of which the first run of the suite, and no other, stands still until it is ended. */
export async function heldProject(scene: Scene): Promise<{ readonly template: string; readonly folder: string }> {
  const folder = join(scene.folder, 'held');
  await mkdir(folder);
  // The user that commands run as finds it, and writes there.
  await chmod(scene.folder, 0o755);
  await chmod(folder, 0o777);
  const at = JSON.stringify(join(folder, 'at'));
  const holds = `require('node:test').test('stands still once', async () => {
  try {
    require('node:fs').writeFileSync(${at}, String(process.pid), { flag: 'wx' });
  } catch {
    return;
  }
  await new Promise(() => setInterval(() => undefined, 1000));
});
`;
  const files = { 'test/held.test.js': holds };
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' }, expects: { plain: 'hello' }, files });
  return { template: path, folder };
}

/** Resolves when what is held has written its pid to the file `at` of a folder; throws where the command ended before. */
export async function atHold(folder: string, running: Running): Promise<number> {
  const over = running.ended.then(({ stdout, stderr }) => {
    throw new Error(`It ended before anything stood still:\n${stdout}\n${stderr}`);
  });
  return await Promise.race([pidAt(join(folder, 'at')), over]);
}

async function pidAt(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await pause(20);
  }
}
