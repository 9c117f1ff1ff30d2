import { expect, test } from 'vitest';
import type { Command, Network } from '../../src/core/ports/floor.ts';
import { containerOf, patiently, said, sh } from './given-container.ts';
import type { GivenContainer } from './given-container.ts';

/** What is true of commands in a container. */
export function commandsInContainer(given: GivenContainer): void {
  const { kind, engine, floor, one } = given;
  test('is proved before anything runs, and the evidence names engine and image', async () => {
    const { claims, ...probe } = await floor().probe();
    expect(probe).toMatchObject({
      kind: 'container',
      tier: 'T3',
      wall: expect.stringMatching(new RegExp(`^${kind} \\d+\\.\\d+`)),
      limits: kind,
      layers: 'image',
    });
    expect(probe.image).toMatch(/sha256:[0-9a-f]{64}$/);
    expect(claims.filter(({ state }) => state !== 'proved')).toEqual([]);
    expect(claims.length).toBeGreaterThan(18);
  });

  test('has nothing of the host in it, and no network', async () => {
    const { Mounts, HostConfig, Config } = await engine()
      .api.getContainer(await containerOf(given, 'one'))
      .inspect();
    expect(Mounts).toEqual([]);
    expect(HostConfig).toMatchObject({ NetworkMode: 'none', Privileged: false });
    expect(Config.User).toBe('58017:58017');
    // Below their headings: one interface, and no route.
    expect(await said(one(), sh('sed 1,2d /proc/net/dev | cut -d: -f1; sed 1d /proc/net/route'))).toBe('lo');
    const files = await said(one(), sh('ls -a "$HOME" /jidoka/floor'));
    expect(files).toContain('/jidoka/floor:');
    expect(files).not.toContain('ssh');
    // The floor's own, which it hands out of what the image has: nothing.
    expect(await said(one(), sh('cat /jidoka/floor/.npmrc "$HOME/.npmrc"'))).toMatch(/^\S+: \S+home\/\.npmrc: No such file or directory$/);
  });

  test('what the image says that its programs need, they have, and nothing of the engine', async () => {
    const seen = await said(one(), sh('env'));
    expect(seen).toContain('IMAGE_SAYS=hello');
    expect(seen).not.toMatch(/^(container|HOSTNAME|TERM)=/m);
  });

  test('a command that takes too much memory is limited, and the next one is not', async () => {
    const hog = ['node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(4e6, 1));'] as const;
    const limited = { kind: 'limited', limit: 'memory', allowed: 200 * 2 ** 20 };
    expect((await one().spawn({ ...sh(''), argv: hog })).exit).toEqual(limited);
    expect((await one().spawn(sh('exit 1'))).exit).toEqual({ kind: 'exited', code: 1 });
    const started = await one().start({ ...sh(''), argv: hog });
    expect(await one().attach(started, patiently)).toMatchObject({ exit: limited });
  });

  test('a command that starts too many processes is limited, and nothing of it stays', async () => {
    const { exit } = await one().spawn(sh('for i in $(seq 200); do sleep 30 & done; wait'));
    expect(exit).toEqual({ kind: 'limited', limit: 'processes', allowed: 60 });
    expect(await said(one(), sh('ps -e | grep -c sleep'))).toBe('1'); // that of the first process
  });

  test('a command that writes too much is ended, waited for or started, and what it wrote is counted', async () => {
    const limited = { kind: 'limited', limit: 'disk', allowed: 60 * 2 ** 20 };
    const script = 'head -c 70000000 /dev/zero > big; sleep 60';
    expect((await one().spawn(sh(script))).exit).toEqual(limited);
    const { diskBytes } = await one().usage();
    expect(diskBytes).toBeGreaterThan(69_000_000);
    await one().files.remove('big');
    const started = await one().start(sh(script));
    expect(await one().attach(started, patiently)).toMatchObject({ exit: limited });
    await one().files.remove('big');
  });

  test('what it used is told', async () => {
    const before = await one().usage();
    await one().spawn(sh('i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'));
    const after = await one().usage();
    expect((after.cpuMs ?? 0) - (before.cpuMs ?? 0)).toBeGreaterThan(50);
    expect(after.memoryPeakBytes).toBeGreaterThan(10_000_000);
    expect(after.processes).toBeGreaterThan(0);
  });

  test('has one way out, for commands that may, to what they may reach, while they run', async () => {
    const ask = (network: Network, more = ''): Command => {
      const program = `fetch((process.env.WAY_OUT ?? 'http://127.0.0.1:64873/') + 'x'${more}).then((r) => r.text()).then(console.log, (e) => console.log(e.cause?.code))`;
      return { argv: ['node', '-e', program], cwd: '', timeoutMs: 20_000, network };
    };
    const answers = await Promise.all([said(one(), ask('registry')), said(one(), ask('gateway')), said(one(), ask('registry'))]);
    expect(answers).toEqual(['one npm /x', 'one model+git+report /x', 'one npm /x']);
    expect(await said(one(), ask('none'))).toBe('ECONNREFUSED');
    const started = await one().start(ask('gateway'));
    expect(await one().attach(started, patiently)).toMatchObject({ stdout: 'one model+git+report /x\n' });
    await said(one(), ask('registry', ", { method: 'PUT' }"));
    expect((await one().usage()).refusals).toEqual([{ request: 'PUT /x', why: 'it is a parrot' }]);
  });

  test('has a way out of its own, also where another has one at the same time, and keeps it when that one ends', async () => {
    const beside = await floor().open('beside');
    const program = `fetch(process.env.WAY_OUT).then((r) => r.text()).then(console.log, (e) => console.log(e.cause?.code))`;
    const ask: Command = { argv: ['node', '-e', program], cwd: '', timeoutMs: 20_000, network: 'registry' };
    expect(await Promise.all([said(one(), ask), said(beside, ask)])).toEqual(['one npm /', 'beside npm /']);
    await beside.destroy();
    expect(await said(one(), ask)).toBe('one npm /');
  });

  test('a command without a network that finds the runner’s own socket is let through by nobody', async () => {
    const program = `require('net').connect('/jidoka/floor/out-registry').on('connect', function () { this.write('GET / HTTP/1.0\\r\\n\\r\\n') })
    .on('data', (text) => console.log(String(text))).on('close', () => console.log('closed')).on('error', (e) => console.log(e.code))`;
    expect(await said(one(), { argv: ['node', '-e', program], cwd: '', timeoutMs: 20_000, network: 'none' })).toBe('closed');
  });

  test('a job that ends the runner fails its own command alone', async () => {
    const ends = one().spawn(
      sh(
        'pkill -9 -f runner 2>/dev/null; for pid in $(ps -e -o pid= -o args= | grep "node -e" | grep -v grep | sed "s/^ *\\([0-9]*\\).*/\\1/"); do kill -9 $pid; done; sleep 5',
      ),
    );
    await expect(ends).rejects.toMatchObject({ code: 'floor-unreachable' });
    expect(await said(one(), sh('echo on'))).toBe('on');
  });
}
