import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld } from '../../../kit/factory/index.ts';
import { openModelTwin } from '../../model-twin.ts';
import { cli } from './cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-twin-'));
});
afterEach(() => rm(folder, { recursive: true }));

function world(): RecordingWorld {
  return new RecordingWorld({ cwd: folder, modelTwin: openModelTwin });
}

async function said(url: string): Promise<unknown> {
  const body = JSON.stringify({ model: 'twin', messages: [{ role: 'user', content: 'Hello?' }] });
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  return answer.json();
}

describe('twin model', () => {
  it('says where it listens, answers by its scenario with a tape, and ends cleanly with a signal', async () => {
    await writeFile(join(folder, 'a.yaml'), 'steps: [{ say: Hello. }]');
    const here = world();
    const ending = cli(['twin', 'model', '--json', '--scenario', 'a.yaml', '--tape', 'calls.jsonl'], here);
    await here.stdout.wrote('\n');
    const { url } = JSON.parse(here.stdout.text) as { url: string }; // printed as such
    expect(await said(url)).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] });
    here.send('SIGTERM');
    expect(await ending).toBe(0);
    await expect(said(url)).rejects.toThrow('fetch failed');
    expect(await readFile(join(folder, 'calls.jsonl'), 'utf8')).toMatch(/^\{"v":1,"seq":1.*\}\n$/);
  });

  it('without a scenario says what it is', async () => {
    const here = world();
    const ending = cli(['twin', 'model'], here);
    await here.stdout.wrote('stops it');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(here.stdout.text)?.[0] ?? '';
    expect(JSON.stringify(await said(url))).toContain('model twin of jidoka');
    here.send('SIGINT');
    expect(await ending).toBe(0);
  });

  it('refuses what it cannot read, and a port that is taken', async () => {
    await writeFile(join(folder, 'a.yaml'), 'steps: [{ sya: Hello. }]');
    const here = world();
    expect(await cli(['twin', 'model', '--scenario', 'a.yaml'], here)).toBe(2);
    expect(here.stderr.text).toContain('a.yaml:1: steps.0: Unrecognized key: "sya"');
    expect(await cli(['twin', 'model', '--scenario', 'missing.yaml'], here)).toBe(2);
    expect(await cli(['twin', 'model', '--replay', 'a.yaml'], here)).toBe(2);
    expect(await cli(['twin', 'model', '--port', 'many'], here)).toBe(2);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo; // a TCP server has no other kind
    expect(await cli(['twin', 'model', '--port', String(port)], here)).toBe(2);
    expect(here.stderr.text).toContain(`Port ${port} of 127.0.0.1 cannot be had`);
    other.close();
  });
});
