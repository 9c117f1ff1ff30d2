import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTalking } from '../../spawn/start-talking.ts';
import type { Talking } from '../../spawn/start-talking.ts';
import { saidWire } from '../../../../../test/remote/wire-pair.ts';
import { bootArguments, bootOver } from './boot.ts';
import { packRunner } from './pack.ts';
import type { Pack } from './pack.ts';
import { wireTo } from '../wire/wire.ts';
import type { Wire } from '../wire/wire.ts';

let folder: string;
let pack: Pack;
beforeAll(async () => {
  pack = await packRunner();
});
const programs: Talking[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-program-'));
});
afterEach(async () => {
  for (const program of programs.splice(0)) program.drop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Starts a program under sh, as a shell on the other machine does. */
async function start(script: string): Promise<Wire> {
  const program = await startTalking(['/bin/sh', '-c', script], { PATH: '/usr/bin:/bin', XDG_CACHE_HOME: folder });
  programs.push(program);
  return wireTo(program);
}

/** Starts the boot program, after what the shell says first. */
function boots(before = ''): Promise<Wire> {
  const words = bootArguments(pack).map((word) => `'${word}'`);
  return start(`${before}exec '${process.execPath}' ${words.join(' ')}`);
}

const runners = (): Promise<readonly string[]> => readdir(join(folder, 'jidoka', 'runner'));

/** The runner is up when it greets. */
async function greets(wire: Wire): Promise<boolean> {
  for await (const chunk of (await bootOver(wire, pack)).output) return Buffer.from(chunk).includes('jidoka-floor');
  return false;
}

describe('the program for other machines', () => {
  test('is made of files of this package that need no other', async () => {
    const files = JSON.parse(pack.text) as Readonly<Record<string, string>>;
    expect(Object.keys(files)).toContain('src/plant/floor/sandbox-floor.js');
    expect(Object.keys(files).filter((path) => !/^(package\.json|src\/core\/(base|ports)\/|src\/plant\/floor\/)/.test(path))).toEqual([]);
    expect(Object.entries(files).filter(([path, text]) => /\/over\/|\/ssh\//.test(path) || /from '(?!\.|node:)/.test(text))).toEqual([]);
    expect(await packRunner()).toEqual(pack);
  });

  test('is put where it is not yet, once, and privately', async () => {
    expect(await greets(await boots())).toBe(true);
    const [name = ''] = await runners();
    expect(name).toBe(pack.digest);
    expect((await stat(join(folder, 'jidoka', 'runner', name))).mode & 0o777).toBe(0o700);
    const before = await stat(join(folder, 'jidoka', 'runner', name, 'package.json'));
    expect(await greets(await boots())).toBe(true);
    expect((await stat(join(folder, 'jidoka', 'runner', name, 'package.json'))).ino).toBe(before.ino);
  });

  test('is put there whole by each of many at once', async () => {
    expect(await Promise.all([1, 2, 3, 4].map(async () => greets(await boots())))).toEqual([true, true, true, true]);
    expect(await runners()).toEqual([pack.digest]);
  });

  test('is put there anew where a file of it was cut short', async () => {
    await greets(await boots());
    const file = join(folder, 'jidoka', 'runner', pack.digest, 'src/plant/floor/ground.js');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, '');
    expect(await greets(await boots())).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(whole);
    expect(await runners()).toEqual([pack.digest]);
  });

  test('takes away those of other versions that nobody used for a month', async () => {
    for (const name of ['old', 'recent']) await mkdir(join(folder, 'jidoka', 'runner', name), { recursive: true });
    await utimes(join(folder, 'jidoka', 'runner', 'old'), 0, 0);
    await greets(await boots());
    expect(await runners()).toEqual([pack.digest, 'recent'].sort());
  });

  test('is found behind what a shell says first', async () => {
    expect(await greets(await boots('echo Welcome; echo; printf "no end of line: "; echo; '))).toBe(true);
  });
});

describe('a machine that does not become a runner', () => {
  test('is told by what it said instead', async () => {
    const { wire, say, end } = saidWire();
    say('This account is currently not available.\n');
    end();
    await expect(bootOver(wire, pack)).rejects.toMatchObject({ kind: 'silent', message: 'This account is currently not available.' });
  });

  test('is told by why it could not', async () => {
    await mkdir(join(folder, 'jidoka'));
    await writeFile(join(folder, 'jidoka', 'runner'), 'a file in the way');
    await expect(bootOver(await boots(), pack)).rejects.toMatchObject({ kind: 'failed', message: expect.stringMatching(/ENOTDIR|EEXIST/) });
  });

  test('is told by its Node.js, which reads nothing of the program', async () => {
    const [flag, program] = bootArguments(pack);
    const old = program.replaceAll('process.versions.node', '"12.22.0"').replace(/Buffer\.from\("[^"]*"/, 'Buffer.from("!"');
    const wire = await start(`exec '${process.execPath}' ${flag} '${old}'`);
    await expect(bootOver(wire, pack)).rejects.toMatchObject({ kind: 'old-node', message: process.version });
  });

  test('leaves nothing where the factory went away in the middle', async () => {
    const wire = await boots();
    const first = await wire.output[Symbol.asyncIterator]().next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe('jidoka-runner wanted\n');
    await wire.write(Buffer.from(`${pack.text.length}\n{"half`));
    wire.end();
    expect(await programs[0]?.endsWithin(10_000)).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});
