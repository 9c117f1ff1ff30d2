import type * as cryptoModule from 'node:crypto';
import type * as fileSystem from 'node:fs';
import type * as osModule from 'node:os';
import type * as pathModule from 'node:path';
import type * as runnerModule from './runner.ts';

/** Oldest Node.js that a runner runs on. */
export const oldestNode = '20.19';
/** Begins each line that the boot program says before the wire begins. */
export const bootMark = 'jidoka-runner ';

/**
 * The text of the program that looks for the runner of the digest that is its argument, takes it from stdin where it is
 * not there, and becomes it. Without a sign that any shell takes for its own, but for double quotes.
 *
 * @param entry File of the runner that is imported, from its root.
 */
export function bootProgram(entry: string): string {
  const steps = `{isWhole:${isWhole.toString()},put:${put.toString()},removeOld:${removeOld.toString()}}`;
  const program = `(${boot.toString()})(require,(file)=>import(file),{machine:process,entry:${JSON.stringify(entry)},steps:${steps}})`;
  // An old Node.js does not get to read what it could not understand.
  const refusal = `console.log("${bootMark}old-node "+process.version);process.exit(1)`;
  const [major, minor] = oldestNode.split('.');
  const isOld = `v[0]<${major}||v[0]==${major}&&v[1]<${minor}`;
  return `var v=process.versions.node.split(".");if(${isOld}){${refusal}}eval(Buffer.from("${Buffer.from(program).toString('base64')}","base64")+"")`;
}

interface Booting {
  readonly machine: NodeJS.Process;
  readonly entry: string;
  readonly steps: { readonly isWhole: typeof isWhole; readonly put: typeof put; readonly removeOld: typeof removeOld };
}

// Each of these refers to nothing outside of itself, because its text is what runs.

function boot(load: NodeJS.Require, bring: (file: string) => Promise<unknown>, { machine, entry, steps }: Booting): void {
  const { homedir } = load('node:os') as typeof osModule;
  const { join } = load('node:path') as typeof pathModule;
  const { utimesSync } = load('node:fs') as typeof fileSystem;
  const digest = machine.argv[1] ?? '';
  const cache = join(machine.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'jidoka', 'runner');
  const place = join(cache, digest);
  const say = (word: string): unknown => machine.stdout.write(`jidoka-runner ${word}\n`);
  const fail = (error: unknown): void => {
    say(`failed ${String(error).replaceAll('\n', ' ')}`);
    machine.exitCode = 1;
    machine.stdin.destroy();
  };
  const start = async (): Promise<void> => {
    const now = new Date();
    utimesSync(place, now, now);
    const { runRunner } = (await bring(join(place, entry))) as typeof runnerModule;
    say('ready');
    await runRunner(machine);
  };
  const isThere = (): boolean => steps.isWhole(load, place, digest);
  if (isThere()) {
    start().catch(fail);
    return;
  }
  let heard = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk]);
    const at = heard.indexOf('\n');
    if (at < 0 || heard.length - at - 1 < Number(heard.subarray(0, at))) return;
    machine.stdin.off('data', take).pause();
    try {
      steps.put(load, place, { text: heard.subarray(at + 1).toString('utf8'), isThere });
      if (!isThere()) throw new Error(`what was put into ${place} is not what was named`);
      steps.removeOld(load, cache);
      start().catch(fail);
    } catch (error) {
      fail(error);
    }
  };
  machine.stdin.on('data', take);
  say('wanted');
}

/** A loss of power may have left files without what was written to them. */
function isWhole(load: NodeJS.Require, place: string, digest: string): boolean {
  const { createHash } = load('node:crypto') as typeof cryptoModule;
  const { existsSync, readFileSync, readdirSync } = load('node:fs') as typeof fileSystem;
  const filesIn = (folder: string): string[] =>
    readdirSync(`${place}/${folder}`, { withFileTypes: true }).flatMap((one) => {
      const path = folder === '' ? one.name : `${folder}/${one.name}`;
      return one.isDirectory() ? filesIn(path) : [path];
    });
  try {
    if (!existsSync(place)) return false;
    const files = filesIn('').sort((left, right) => (left < right ? -1 : 1));
    const text = JSON.stringify(Object.fromEntries(files.map((path) => [path, readFileSync(`${place}/${path}`, 'utf8')])));
    return createHash('sha256').update(text).digest('hex') === digest;
  } catch {
    // Another puts it there anew at this moment.
    return false;
  }
}

/** Writes beside and renames: of several at once the first is taken, and nobody sees half of it. */
function put(load: NodeJS.Require, place: string, { text, isThere }: { readonly text: string; readonly isThere: () => boolean }): void {
  const { randomUUID } = load('node:crypto') as typeof cryptoModule;
  const { mkdirSync, renameSync, rmSync, writeFileSync } = load('node:fs') as typeof fileSystem;
  const { dirname, join } = load('node:path') as typeof pathModule;
  const [draft, old] = [`${place}.${randomUUID()}`, `${place}.${randomUUID()}`];
  try {
    for (const [path, content] of Object.entries(JSON.parse(text) as Record<string, string>)) {
      mkdirSync(dirname(join(draft, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(draft, path), content);
    }
    try {
      renameSync(draft, place);
    } catch (error) {
      // What another has put there may be read by now; only what is not whole is moved out of the way.
      if (isThere()) return;
      if (!/ENOTEMPTY|EEXIST/.test(String(error))) throw error;
      renameSync(place, old);
      renameSync(draft, place);
    }
  } finally {
    for (const left of [draft, old]) rmSync(left, { recursive: true, force: true });
  }
}

function removeOld(load: NodeJS.Require, cache: string): void {
  const { readdirSync, rmSync, statSync } = load('node:fs') as typeof fileSystem;
  for (const name of readdirSync(cache)) {
    const found = statSync(`${cache}/${name}`, { throwIfNoEntry: false });
    if (found !== undefined && Date.now() - found.mtimeMs > 30 * 24 * 3_600_000)
      rmSync(`${cache}/${name}`, { recursive: true, force: true });
  }
}
