import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { commandStages, RecordingWorld } from '../../../kit/factory/index.ts';
import { sampleBundle } from '../../../kit/evidence/index.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import { cli } from './cli.ts';

const here = commandStages(cli);
const { stage } = here;

describe('evidence', () => {
  it('is written where asked, and verifies against its head', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    expect(await run('evidence', 'deps-ms-1', '--out', 'mine')).toBe(0);
    expect(world.stdout.text).toContain(`folder  ${join(here.folder, 'mine')}`);
    world.stdout.text = '';
    expect(await run('evidence', 'verify', 'mine', '--head', sampleBundle().head)).toBe(0);
    expect(world.stdout.text).toMatch(/^✓ intact\n/);
  });

  it('verifies a folder, its bundle.json and an archive of it', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    await create({ gzip: true, cwd: here.folder, file: join(here.folder, 'mine.tgz') }, ['mine']);
    await create({ cwd: join(here.folder, 'mine'), file: join(here.folder, 'flat.tar') }, ['.']);
    for (const path of ['mine', 'mine/bundle.json', 'mine.tgz', 'flat.tar']) {
      world.stdout.text = '';
      expect(await run('evidence', 'verify', path, '--json'), path).toBe(0);
      expect(JSON.parse(world.stdout.text)).toMatchObject({ kind: 'intact', verdict: 'PR_READY', head: sampleBundle().head });
    }
  });

  it('needs no factory to be verified', async () => {
    const { run } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    const alone = new RecordingWorld({ cwd: here.folder, verify: verifyEvidence });
    expect(await cli(['evidence', 'verify', 'mine'], alone)).toBe(0);
  });

  it('names the first broken link', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    await writeFile(join(here.folder, 'mine/REPORT.md'), 'all is well');
    world.stdout.text = '';
    expect(await run('evidence', 'verify', 'mine')).toBe(1);
    expect(world.stdout.text).toContain('✗ broken at REPORT.md');
    expect(await run('evidence', 'verify', 'mine', '--head', 'f00')).toBe(1);
  });

  it('a bundle that agrees with itself does not pass for another', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    expect(await run('evidence', 'verify', 'mine', '--head', 'f00', '--json')).toBe(1);
    expect(world.stdout.text).toContain('"link": "anchor"');
  });

  it.each(['nowhere', 'broken.tgz', 'empty'])('says that %s cannot be read', async (path) => {
    await writeFile(join(here.folder, 'broken.tgz'), 'no archive');
    await mkdir(join(here.folder, 'empty'));
    const { run, world } = stage();
    expect(await run('evidence', 'verify', path)).toBe(1);
    expect(world.stderr.text).toContain(`No evidence could be read from ${join(here.folder, path)}`);
  });
});
