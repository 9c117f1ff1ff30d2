import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isRunning } from '../../../../kit/floor/index.ts';
import type { ProcessExit } from '../../../core/ports/floor.ts';
import type { Account } from '../account.ts';
import { endProcesses } from '../spawn/processes.ts';
import { processViewer } from '../spawn/see-processes.ts';
import { startProcess } from '../spawn/spawn.ts';
import type { Running } from '../spawn/spawn.ts';
import { bubblewrapWall } from './bubblewrap.ts';
import { runCanaries } from './canaries.ts';
import { requiredClaims } from './claims.ts';
import { namespacesWall } from './namespaces.ts';
import { notStarted } from './not-started.ts';
import { seeHost } from './see-host.ts';
import type { Confinement, Wall } from './wall.ts';

const asRoot = process.getuid?.() === 0;
/** Far from the ids of people and services, as the floor's. */
const user = asRoot ? { uid: 0x4000_0002, gid: 0x4000_0002 } : null;
const jobUid = user?.uid ?? process.getuid?.() ?? -1;
const path = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const account: Account = { user, name: 'job', node: '', npm: '', tools: { PATH: path }, caveats: [] };
const bwrap = ['/usr/bin/bwrap', '/usr/local/bin/bwrap'].find((file) => existsSync(file));

const setting = (name: string): string | null =>
  existsSync(`/proc/sys/${name}`) ? readFileSync(`/proc/sys/${name}`, 'utf8').trim() : null;
const onHost = (file: string): boolean => existsSync(file);

/** No wall: what is refused behind a wall must succeed here, or the refusal says nothing. */
const open: Pick<Wall, 'confine'> = { confine: ({ argv, env }) => ({ argv, env }) };

/** Everything of the host that a command may not reach, and what it may. */
interface World {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly writable: readonly string[];
  readonly tree: string;
  readonly victim: Running;
  close(): Promise<void>;
}
let world: World;
let walls: Readonly<Record<Wall['kind'], Wall>>;

beforeAll(async () => {
  if (bwrap === undefined)
    throw new Error('bubblewrap is not installed: `apt-get install -y bubblewrap` (Debian, Ubuntu), `dnf install bubblewrap` (Fedora).');
  const host = await seeHost();
  walls = { bubblewrap: bubblewrapWall(bwrap, host), namespaces: namespacesWall('/usr/sbin:/usr/bin:/sbin:/bin', host) };
  world = await makeWorld();
});
afterAll(() => world.close());

async function makeWorld(): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-walls-'));
  await chmod(root, 0o755);
  const folder = async (name: string, mode = 0o755): Promise<string> => {
    const made = join(root, name);
    await mkdir(made, { recursive: true });
    await chmod(made, mode);
    if (user !== null) await chown(made, user.uid, user.gid);
    return made;
  };
  const file = async (name: string, mode: number): Promise<void> => {
    await writeFile(join(root, name), 'planted\n');
    await chmod(join(root, name), mode);
    if (user !== null && mode !== 0o4755) await chown(join(root, name), user.uid, user.gid);
  };
  await Promise.all(['home/.ssh', 'other/tree', 'factory'].map((name) => folder(name)));
  await folder('readable', 0o777);
  const writable = await Promise.all(['one/tree', 'one/home', 'one/tmp', 'one/scratch'].map((name) => folder(name)));
  await Promise.all(['home/.ssh/id', 'other/tree/file', 'readable/file'].map((name) => file(name, 0o666)));
  if (asRoot) await copyFile('/usr/bin/id', join(root, 'readable/setuid-id')).then(() => chmod(join(root, 'readable/setuid-id'), 0o4755));

  const servers: Server[] = [];
  const serve = async (where: Parameters<Server['listen']>[0]): Promise<Server> => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('planted'));
    servers.push(server);
    server.listen(where);
    await once(server, 'listening');
    return server;
  };
  const tcp = await serve({ host: '127.0.0.1', port: 0 });
  await serve({ path: join(root, 'factory/docker.sock'), writableAll: true, readableAll: true });
  await serve({ path: join(root, 'one/out'), writableAll: true, readableAll: true });
  const abstract = `jidoka-${randomUUID()}`;
  await serve({ path: `\0${abstract}` });
  const udp = createSocket('udp4');
  udp.on('message', (_, { port }) => udp.send('planted', port, '127.0.0.1'));
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');

  const secret = randomUUID();
  const mark = randomUUID();
  const argv = ['/bin/sh', '-c', 'while :; do sleep 1; done', mark] as const;
  const victim = startProcess({ argv, cwd: '/', env: { PATH: path, FACTORY_SECRET: secret }, user });
  const shared = startProcess({ argv: ['ipcmk', '-M', '64', '-p', '0666'], cwd: '/', env: { PATH: path }, user });
  await shared.ended;
  const segment = /\d+/.exec((await shared.collect()).stdout)?.[0] ?? '';
  return {
    root,
    writable,
    tree: join(root, 'one/tree'),
    victim,
    env: {
      PATH: path,
      HOME: join(root, 'one/home'),
      TMPDIR: join(root, 'one/tmp'),
      ROOT: root,
      PORT: String((tcp.address() as AddressInfo).port), // an address of TCP
      UDP: String(udp.address().port),
      ABSTRACT: abstract,
      VICTIM: String(victim.group),
      SEGMENT: segment,
      // In two halves, so that what is looked for is not found in whoever looks for it.
      SECRET_A: secret.slice(0, 9),
      SECRET_B: secret.slice(9),
      MARK_A: mark.slice(0, 9),
      MARK_B: mark.slice(9),
    },
    async close() {
      if (victim.group !== null) process.kill(-victim.group, 'SIGKILL');
      for (const server of servers) server.close();
      udp.close();
      await startProcess({ argv: ['ipcrm', '-m', segment], cwd: '/', env: { PATH: path }, user }).ended;
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function confinement(argv: Confinement['argv'], changes: Partial<Confinement> = {}): Confinement {
  const { tree, env, writable, root } = world;
  return { argv, cwd: tree, env, writable, readable: [join(root, 'readable'), ...toolsOf(process.execPath)], socket: null, ...changes };
}

function toolsOf(node: string): readonly string[] {
  const prefix = dirname(dirname(node));
  return [join(prefix, 'bin'), join(prefix, 'lib')];
}

/** Pids of the host's processes that have a mark in their command line. */
async function runningWith(mark: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
  return pids.map(Number).filter((pid, index) => lines[index]?.includes(mark) === true && isRunning(pid));
}

interface Outcome {
  readonly exit: ProcessExit;
  readonly stdout: string;
  readonly stderr: string;
}

/** As the floor starts it; besides, the factory's parent left it a folder of the host open, low and high. */
function start(wall: Pick<Wall, 'confine'>, command: Confinement, marked: Readonly<Record<string, string>> = {}): Running {
  const { argv, env } = wall.confine(command);
  const leaky = ['bash', '-c', 'exec 5<"$0" 23<"$0" && exec "$@"', join(world.root, 'home'), ...argv] as const;
  return startProcess({ argv: leaky, cwd: command.cwd, env: { PATH: path, ...env, ...marked }, user });
}

async function run(wall: Pick<Wall, 'confine'>, command: Confinement): Promise<Outcome> {
  const running = start(wall, command);
  const exit = await running.ended;
  return { exit, ...(await running.collect()) };
}

/** A way out: what a shell, or Node.js, does to get it. It prints ESCAPED where it got there. */
interface Attempt {
  readonly name: string;
  readonly sh?: string;
  readonly node?: string;
  /** Whether it succeeds without a wall; where the host's own rights forbid it anyway it does not. */
  readonly open: boolean;
}

const says = '&& echo ESCAPED';
const nested = (script: string): string => `unshare --user --map-root-user --mount sh -c '${script}' ${says}`;
const connect = (where: string): string =>
  `require('net').connect(${where}).on('connect', () => { console.log('ESCAPED'); process.exit() }).on('error', () => process.exit(1)).setTimeout(3000, () => process.exit(1))`;
const datagram = (address: string): string =>
  `const s = require('dgram').createSocket('udp4'); s.on('error', () => process.exit(1)); s.on('message', () => { console.log('ESCAPED'); process.exit() });
   s.send('x', process.env.UDP, ${address}, (e) => e && process.exit(1)); setTimeout(() => process.exit(1), 400)`;
const ptraceOpen = (setting('kernel/yama/ptrace_scope') ?? '0') === '0';

const attempts: readonly Attempt[] = [
  { name: 'reads a key in a home', sh: `cat "$ROOT/home/.ssh/id" ${says}`, open: true },
  { name: 'reads the password file of the host', sh: `grep -q ^daemon: /etc/passwd ${says}`, open: true },
  { name: 'reads /etc/shadow', sh: `cat /etc/shadow ${says}`, open: false },
  {
    name: 'lists the homes',
    sh: `[ -n "$(ls -A /root /home 2>/dev/null | grep -v :)" ] ${says}`,
    open: onHost('/home') && asRoot === false,
  },
  { name: 'reads another workspace', sh: `cat "$ROOT/other/tree/file" ${says}`, open: true },
  { name: 'writes another workspace', sh: `echo x >"$ROOT/other/tree/written" ${says}`, open: true },
  { name: 'writes what it may only read', sh: `echo x >"$ROOT/readable/written" ${says}`, open: true },
  { name: 'writes a file it may only read', sh: `echo planted >>"$ROOT/readable/file" ${says}`, open: true },
  {
    name: 'opens anew for writing what it holds open',
    sh: `exec 3<"$ROOT/readable/file"; echo planted >/proc/self/fd/3 ${says}`,
    open: true,
  },
  { name: 'writes /usr', sh: `: >/usr/jidoka-escape ${says}`, open: false },
  { name: 'writes /etc', sh: `: >/etc/ld.so.preload ${says}`, open: false },
  { name: 'writes the root', sh: `: >/jidoka-escape ${says}`, open: false },
  { name: 'follows a link out of its tree', sh: `ln -sf "$ROOT/home/.ssh/id" link; cat link ${says}`, open: true },
  { name: 'follows a link to a folder out of its tree', sh: `ln -sfn "$ROOT/other/tree" up; echo x >up/linked ${says}`, open: true },
  { name: 'links a file from outside', sh: `ln -f "$ROOT/other/tree/file" mine && cat mine ${says}`, open: true },
  { name: 'moves a file outside', sh: `: >mine2; mv mine2 "$ROOT/other/tree/" ${says}`, open: true },
  { name: 'reads through the root of a process of the host', sh: `cat "/proc/$VICTIM/root$ROOT/home/.ssh/id" ${says}`, open: ptraceOpen },
  { name: 'reads through the root of the first process', sh: `cat "/proc/1/root$ROOT/home/.ssh/id" ${says}`, open: false },
  { name: 'reads through the folder of a process of the host', sh: `cat "/proc/$VICTIM/cwd$ROOT/home/.ssh/id" ${says}`, open: ptraceOpen },
  { name: 'uses a folder left open', sh: `cat /proc/self/fd/5/.ssh/id ${says}`, open: true },
  { name: 'uses a folder left open high up', sh: `cat /proc/self/fd/23/.ssh/id ${says}`, open: true },
  {
    name: 'finds a secret in an environment',
    sh: `grep -alsF "$SECRET_A$SECRET_B" /proc/[0-9]*/environ | grep -q . ${says}`,
    open: ptraceOpen,
  },
  {
    name: 'sees processes of the host',
    sh: `printf %s "$MARK_A$MARK_B" >mark; cat /proc/[0-9]*/cmdline | grep -qaFf mark ${says}`,
    open: true,
  },
  { name: 'signals a process of the host', sh: `kill -0 "$VICTIM" ${says}`, open: true },
  {
    name: 'reads the memory of a process of the host',
    node: `require('fs').openSync('/proc/' + process.env.VICTIM + '/mem', 'r'); console.log('ESCAPED')`,
    open: ptraceOpen,
  },
  { name: 'reaches shared memory of the host', sh: `ipcs -m -i "$SEGMENT" | grep -q "shmid=$SEGMENT" ${says}`, open: true },
  { name: 'reaches a server of the host by TCP', node: connect(`{ host: '127.0.0.1', port: process.env.PORT }`), open: true },
  {
    name: 'reaches a server of the host by TCP over IPv6',
    node: connect(`{ host: '::ffff:127.0.0.1', port: process.env.PORT }`),
    open: true,
  },
  { name: 'reaches a server of the host by UDP', node: datagram(`'127.0.0.1'`), open: true },
  {
    name: 'asks a name server by itself',
    node: `const r = new (require('dns').Resolver)({ timeout: 300, tries: 1 }); r.setServers(['127.0.0.1:' + process.env.UDP]);
      r.resolve4('example.com', (e) => { if (e && e.code !== 'ETIMEOUT' && e.code !== 'ECONNREFUSED') console.log('ESCAPED') })`,
    open: false,
  },
  {
    name: 'finds name servers',
    sh: `grep -q nameserver /etc/resolv.conf ${says}`,
    open: onHost('/etc/resolv.conf') && /^nameserver/m.test(readFileSync('/etc/resolv.conf', 'utf8')),
  },
  {
    name: 'finds a route',
    sh: `[ "$(wc -l </proc/net/route)" -gt 1 ] ${says}`,
    open: readFileSync('/proc/net/route', 'utf8').trim().includes('\n'),
  },
  { name: 'sends ICMP', sh: `perl -MSocket -e 'socket(S, PF_INET, SOCK_RAW, 1) or exit 1' ${says}`, open: false },
  { name: 'reads the network raw', sh: `perl -e 'socket(S, 17, 3, 768) or exit 1' ${says}`, open: false },
  { name: 'connects to a socket like that of Docker', node: connect(`process.env.ROOT + '/factory/docker.sock'`), open: true },
  { name: 'connects to a socket that has but a name', node: connect(`'\\0' + process.env.ABSTRACT`), open: true },
  { name: 'finds sockets of the system', sh: `[ -n "$(find /run /var/run -type s 2>/dev/null)" ] ${says}`, open: false },
  { name: 'makes a device', sh: `mknod device b 254 0 ${says}`, open: false },
  { name: 'makes a device as root of a namespace', sh: nested('mknod device b 254 0'), open: false },
  { name: 'finds devices of the host', sh: `[ -e /dev/kmsg ] || [ -e /dev/mem ] ${says}`, open: onHost('/dev/kmsg') || onHost('/dev/mem') },
  { name: 'writes /dev', sh: `: >/dev/jidoka-escape ${says}`, open: false },
  { name: 'finds /sys', sh: `[ -e /sys/kernel ] ${says}`, open: true },
  { name: 'sets the kernel', sh: `echo '|/bin/false' >/proc/sys/kernel/core_pattern ${says}`, open: false },
  { name: 'pulls the emergency switch', sh: `echo h >/proc/sysrq-trigger ${says}`, open: false },
  { name: 'mounts', sh: `mount -t tmpfs tmpfs "$HOME" ${says}`, open: false },
  { name: 'makes /usr writable as root of a namespace', sh: nested('mount -o remount,bind,rw /usr && : >/usr/jidoka-escape'), open: false },
  {
    name: 'makes writable what it may only read as root of a namespace',
    sh: nested('mount -o remount,bind,rw "$ROOT/readable"; : >"$ROOT/readable/remounted"'),
    open: true,
  },
  { name: 'takes its root away to see what is below', sh: nested('umount -l /; umount -l /; cat "$ROOT/home/.ssh/id"'), open: true },
  { name: 'is root by a program of root', sh: `[ "$("$ROOT/readable/setuid-id" -u)" = 0 ] ${says}`, open: asRoot },
  { name: 'may gain rights', sh: `grep -q '^NoNewPrivs:.0' /proc/self/status ${says}`, open: true },
  { name: 'has rights in reserve', sh: `grep -q '^CapBnd:.*[1-9a-f]' /proc/self/status ${says}`, open: true },
  {
    name: 'is in the namespaces of the host',
    sh: `[ "$(readlink /proc/self/ns/net)" = "${readlinkSync('/proc/self/ns/net')}" ] ${says}`,
    open: true,
  },
];

async function tries({ sh, node }: Attempt, wall: Pick<Wall, 'confine'>): Promise<Outcome> {
  return run(wall, confinement(node === undefined ? ['/bin/sh', '-c', sh ?? ''] : [process.execPath, '-e', node]));
}

describe('without a wall', () => {
  test.each(attempts.filter(({ open: succeeds }) => succeeds))('a command $name', async (attempt) => {
    expect((await tries(attempt, open)).stdout).toContain('ESCAPED');
  });

  test('the canaries refute a wall that is none', async () => {
    const outcome = await runCanaries({ kind: 'namespaces', ...open }, { folder: world.root, user, path, readable: [] });
    const proved = outcome.kind === 'came-back' ? outcome.claims.filter(({ state }) => state === 'proved') : [];
    expect(proved.map(({ claim }) => claim)).toEqual(['user.plain', 'fs.write.inside', 'net.loopback.own']);
    expect((await readdir(world.root)).filter((name) => name.startsWith('.canary'))).toEqual([]);
    await expect.poll(() => runningWith(`${world.root}/.canary`), { timeout: 5_000 }).toEqual([]);
  });

  test('at least 25 of the attempts succeed, so that their refusal says something', () => {
    expect(attempts.filter(({ open: succeeds }) => succeeds).length).toBeGreaterThanOrEqual(25);
  });
});

describe.each(['bubblewrap', 'namespaces'] as const)('behind the wall of %s', (kind) => {
  let wall: Wall;
  beforeEach(() => {
    wall = walls[kind];
  });
  const sh = (script: string, changes: Partial<Confinement> = {}): Promise<Outcome> =>
    run(wall, confinement(['/bin/sh', '-c', script], changes));

  test.each(attempts)('no command $name', async (attempt) => {
    const { stdout, stderr } = await tries(attempt, wall);
    expect(stdout).not.toContain('ESCAPED');
    // The attempt itself must have been made.
    expect(stderr).not.toMatch(/^(bwrap|wall):/m);
    expect(await readFile(join(world.root, 'readable/file'), 'utf8')).toMatch(/^planted/);
  });

  test('the canaries prove all that is required, in 300 ms', async () => {
    const spent: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const begun = performance.now();
      const outcome = await runCanaries(wall, { folder: world.root, user, path, readable: toolsOf(process.execPath) });
      spent.push(performance.now() - begun);
      expect(outcome).toMatchObject({ kind: 'came-back', claims: requiredClaims.map((claim) => ({ claim, state: 'proved' })) });
    }
    expect(Math.min(...spent)).toBeLessThan(600);
  });

  test('Node.js and npm work', async () => {
    const node = await run(wall, confinement([process.execPath, '-e', 'console.log(6 * 7)']));
    expect(node).toMatchObject({ exit: { kind: 'exited', code: 0 }, stdout: '42\n', stderr: '' });
    const npm = await run(wall, confinement(['npm', '--version'], { env: { ...world.env, PATH: `${dirname(process.execPath)}:${path}` } }));
    expect(npm.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('Node.js and npm work from a folder of their own, which nobody can write', async () => {
    const prefix = join(world.root, `node ${kind}`);
    await mkdir(join(prefix, 'bin'), { recursive: true });
    await copyFile(process.execPath, join(prefix, 'bin/node'));
    const folders = [dirname(process.execPath), ...path.split(':')];
    const npm = await realpath(join(folders.find((folder) => existsSync(join(folder, 'npm'))) ?? '', 'npm'));
    await cp(dirname(dirname(npm)), join(prefix, 'lib/node_modules/npm'), { recursive: true });
    const argv = [join(prefix, 'bin/node'), join(prefix, 'lib/node_modules/npm/bin/npm-cli.js'), '--version'] as const;
    const readable = ['bin', 'lib', 'share'].map((name) => join(prefix, name));
    expect(await run(wall, confinement(argv, { readable }))).toMatchObject({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await sh(`(: >"${prefix}/bin/x") 2>/dev/null || ls "${prefix}"`, { readable })).stdout).toBe('bin\nlib\n');
  });

  test("a command has its folders, and what it writes is its user's on the host", async () => {
    const name = `written-${kind}`;
    const { stdout } = await sh(
      `pwd; for d in . "$HOME" "$TMPDIR" "$ROOT/one/scratch" /tmp /dev/shm; do echo x >"$d/${name}" || echo no; done; id -un; id -u`,
    );
    expect(stdout).toBe(`${world.tree}\njob\n${jobUid}\n`);
    for (const folder of world.writable) expect((await stat(join(folder, name))).uid).toBe(jobUid);
  });

  test('a command has its environment, and nothing else but the mark of its job', async () => {
    const odd = { 'npm_config_@scope:registry': 'http://127.0.0.1/', EMPTY: '', LINES: 'a\nb', QUOTES: `"'$HOME` };
    const env = { ...world.env, ...odd };
    const { stdout } = await run(wall, confinement([process.execPath, '-p', 'JSON.stringify(process.env)'], { env }));
    const { PWD, ...seen } = JSON.parse(stdout) as Record<string, string>; // what JSON.stringify made of process.env
    expect(seen).toEqual(env);
    expect(PWD ?? world.tree).toBe(world.tree);
  });

  test('a library that the environment names is not loaded by what builds the wall', async () => {
    const { stderr } = await run(wall, confinement(['/bin/true'], { env: { ...world.env, LD_PRELOAD: `${world.tree}/evil.so` } }));
    // Inside, each program says that it cannot load it; what builds the wall says nothing.
    expect(stderr.match(/evil\.so/g)?.length ?? 0).toBeLessThanOrEqual(2);
    expect(stderr).toContain('evil.so');
  });

  test('a command gets its words and tells its end', async () => {
    const words = ['a b', '', "it's", '$(id)', '*', 'A=b', '--', 'x\ny'];
    const { stdout } = await run(wall, confinement(['printf', '<%s>', ...words]));
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
    expect((await sh('exit 42')).exit).toEqual({ kind: 'exited', code: 42 });
    expect((await sh('kill -TERM $$')).exit).toEqual({ kind: 'exited', code: 143 });
    expect((await run(wall, confinement(['/bin/sh', '-c', 'cat; echo end']))).stdout).toBe('end\n');
  });

  test('a program whose name looks like a variable is run', async () => {
    await writeFile(join(world.tree, 'A=b'), '#!/bin/sh\necho ran "$1"\n', { mode: 0o755 });
    await chmod(join(world.tree, 'A=b'), 0o755);
    expect((await run(wall, confinement(['./A=b', 'C=d']))).stdout).toBe('ran C=d\n');
  });

  test('where the machine allows no namespaces, the canaries do not come back, and say why', async () => {
    const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps -all --inh-caps -all -- "$@"';
    const forbidding = ['unshare', '--user', '--map-current-user', '--keep-caps', '/bin/sh', '-c', script, 'machine'] as const;
    const forbidden: Wall = {
      kind,
      confine: (command) => ({ ...wall.confine(command), argv: [...forbidding, ...wall.confine(command).argv] }),
    };
    const outcome = await runCanaries(forbidden, { folder: world.root, user, path, readable: [] });
    expect(outcome).toMatchObject({ kind: 'failed', why: expect.stringMatching(/namespace|unshare/i) });
  });

  test('a terminal can be had', async () => {
    const { stdout } = await sh('script -qec "tty" /dev/null');
    expect(stdout).toMatch(/^\/dev\/pts\/\d+/);
  });

  test('a command that is not there, and a wall that cannot be built, end with a word on stderr and nothing done', async () => {
    const missing = await run(wall, confinement(['no-such-program']));
    expect(missing.exit).not.toEqual({ kind: 'exited', code: 0 });
    expect(notStarted(kind, missing)).toContain('no-such-program');
    const broken = await sh('echo ran', { writable: [...world.writable, join(world.root, 'not-there')] });
    expect(broken.stdout).toBe('');
    expect(broken.exit).not.toEqual({ kind: 'exited', code: 0 });
    expect(notStarted(kind, broken)).toContain('not-there');
    expect(notStarted(kind, await sh('echo bwrap: no; exit 1'))).toBeNull();
    expect(notStarted(kind, await sh('exit 125'))).toBeNull();
  });

  test('the socket it is given answers, though all others do not', async () => {
    const socket = join(world.root, 'one/out');
    const { stdout } = await run(wall, confinement([process.execPath, '-e', connect(`process.env.ROOT + '/one/out'`)], { socket }));
    expect(stdout).toBe('ESCAPED\n');
    expect((await sh('ls "$ROOT/one"', { socket })).stdout).toBe('home\nout\nscratch\ntmp\ntree\n');
    expect((await sh('ls "$ROOT/one"')).stdout).not.toContain('out');
  });

  test('folders in folders keep their own rights', async () => {
    const outer = join(world.root, 'readable');
    const inner = join(outer, `inner-${kind}`);
    await mkdir(join(inner, 'shut'), { recursive: true });
    await chmod(inner, 0o777);
    await chmod(join(inner, 'shut'), 0o777);
    const changes = { readable: [outer, join(inner, 'shut')], writable: [...world.writable, inner] };
    const { stdout } = await sh(`for d in "${outer}" "${inner}" "${inner}/shut"; do (: >"$d/x") 2>/dev/null; echo $?; done`, changes);
    expect(stdout).toMatch(/^[1-9]\d*\n0\n[1-9]\d*\n$/);
  });

  test('a command can serve itself on 127.0.0.1, and two do so at the same port', async () => {
    const program = `const { createServer, connect } = require('net'); createServer((s) => s.end('own')).listen(4873, '127.0.0.1', () =>
      setTimeout(() => connect(4873, '127.0.0.1').on('data', (d) => { console.log(String(d)); process.exit() }), 300))`;
    const both = await Promise.all([1, 2].map(() => run(wall, confinement([process.execPath, '-e', program]))));
    expect(both.map(({ stdout }) => stdout)).toEqual(['own\n', 'own\n']);
  });

  test("a sandbox of the command's own can be built inside", async () => {
    const { stdout } = await sh('unshare --user --map-root-user --mount --pid --fork sh -c "mount -t tmpfs tmpfs /tmp && id -u"');
    expect(stdout).toBe('0\n');
  });

  describe('when it is killed', () => {
    const token = (): string => `jidoka-left-${randomUUID()}`;
    const begun = (mark: string): Promise<void> => expect.poll(() => existsSync(join(world.tree, mark)), { timeout: 20_000 }).toBe(true);
    const leave = {
      'a daemon that forked twice into a session of its own': (mark: string) =>
        `setsid sh -c 'setsid sh -c "trap : TERM HUP INT; : >${mark}; while :; do sleep 1; done" ${mark} &' & sleep 60`,
      'a daemon whose parent ended': (mark: string) => `(setsid sh -c ': >${mark}; while :; do sleep 1; done' ${mark} &); sleep 60`,
      'two hundred processes that go on forking': (mark: string) =>
        `i=0; while [ $i -lt 200 ]; do setsid sh -c 'while :; do sleep 1 & wait; done' ${mark} & i=$((i+1)); done; : >${mark}; sleep 60`,
    };

    test.each(Object.entries(leave))('%s is gone', async (_, script) => {
      const mark = token();
      const running = start(wall, confinement(['/bin/sh', '-c', script(mark)]));
      await begun(mark);
      expect((await runningWith(mark)).length).toBeGreaterThan(0);
      process.kill(running.group ?? 0, 'SIGKILL');
      await expect.poll(() => runningWith(mark), { timeout: 10_000 }).toEqual([]);
    });

    test('by the death of who started it, nothing is left either', async () => {
      const mark = token();
      const { argv, env } = wall.confine(
        confinement(['/bin/sh', '-c', `setsid sh -c ': >${mark}; while :; do sleep 1; done' & sleep 60`, mark]),
      );
      const factory = ['/bin/sh', '-c', '"$@"; exit $?', 'factory', ...argv] as const;
      const running = startProcess({ argv: factory, cwd: world.tree, env: { PATH: path, ...env }, user });
      await begun(mark);
      process.kill(running.group ?? 0, 'SIGKILL');
      await expect.poll(() => runningWith(mark), { timeout: 10_000 }).toEqual([]);
    });

    test('what a command that ended well left running is gone with it', async () => {
      const mark = token();
      const { exit } = await sh(`setsid sh -c 'while :; do sleep 1; done' ${mark} >/dev/null 2>&1 & sleep 0.2`);
      expect(exit).toEqual({ kind: 'exited', code: 0 });
      await expect.poll(() => runningWith(mark), { timeout: 5_000 }).toEqual([]);
    });

    test('a command that the floor ends at any moment of its start leaves nothing', async () => {
      const mark = token();
      for (let round = 0; round < 25; round += 1) {
        const running = start(wall, confinement(['/bin/sh', '-c', 'setsid sleep 60 & sleep 60', mark]), { JIDOKA_JOB: mark });
        await wait(round * 2);
        await endProcesses({ marker: `JIDOKA_JOB=${mark}`, group: running.group }, processViewer(account));
        expect(await runningWith(mark)).toEqual([]);
      }
    });
  });
});
