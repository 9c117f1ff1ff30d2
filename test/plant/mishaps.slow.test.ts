import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { gate, script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

let plant: Plant;
let repository: string;
beforeAll(async () => {
  plant = await openPlant();
  repository = (await plant.project()).path;
});
afterEach(() => plant.rest());
afterAll(() => plant.close());

it('a line file that is changed while a run is parked changes what begins afterwards, and not what is parked', async () => {
  const stages = (said: string) => [gate('ok'), script('work', `console.log('${said}')`)];
  const line = await plant.line('changing', stages('as it was'));
  await plant.worker([]);
  const parked = await plant.leave({ line, title: 'Parked', repository });
  const { body } = await plant.event((event) => event.run === parked && event.body.type === 'gate.opened');
  await plant.line('changing', stages('as it is now'));
  const anew = await plant.leave({ line, title: 'Parked', repository });
  expect(anew).not.toBe(parked);
  for (const of of [body, (await plant.event((event) => event.run === anew && event.body.type === 'gate.opened')).body])
    expect((await plant.jidoka(['approve', of.type === 'gate.opened' ? of.gate : ''])).code).toBe(0);
  for (const [each, said] of [
    [parked, 'as it was'],
    [anew, 'as it is now'],
  ] as const) {
    await plant.event((event) => event.run === each && event.body.type === 'run.ended');
    expect(JSON.stringify((await plant.factory.show(each)).events), each).toContain(`console.log('${said}')`);
  }
  // Nor does a file that is gone, or broken by now.
  const gone = await plant.leave({ line, title: 'Gone', repository });
  const { body: asked } = await plant.event((event) => event.run === gone && event.body.type === 'gate.opened');
  await writeFile(line, '{');
  expect((await plant.jidoka(['approve', asked.type === 'gate.opened' ? asked.gate : ''])).code).toBe(0);
  expect((await plant.event((event) => event.run === gone && event.body.type === 'run.ended')).body).toMatchObject({ verdict: 'NO_OP' });
});

it.runIf(isRoot)('a worker whose disk is full gives back what it cannot do, and goes on once there is room', async () => {
  const line = await plant.line('small', [{ id: 'applicability', does: 'applicability' }, script('work', '0')]);
  const small = join(plant.folder, 'small');
  await mkdir(small, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small]);
  try {
    const filler = join(small, 'filler');
    const worker = await plant.worker([], { home: 'small' });
    const filled = await writeFile(filler, Buffer.alloc(16 * 1024 * 1024)).catch((error: NodeJS.ErrnoException) => error.code);
    expect(filled).toBe('ENOSPC');
    const left = plant.leave({ line, title: 'Small', repository });
    await worker.says((said) => /given back.*(disk|room|space)/i.test(said));
    await rm(filler);
    const id = await left;
    expect((await plant.event((event) => event.run === id && event.body.type === 'run.ended')).body).toMatchObject({ verdict: 'NO_OP' });
    worker.kill('SIGTERM');
    await worker.ended;
  } finally {
    await run('umount', [small]);
  }
});

it('a database that goes away under a worker is waited for, and the work goes on when it is back', async () => {
  const proxy = await proxyTo(plant.url);
  const line = await plant.line('away', [script('one', 'setTimeout(() => {}, 1500)'), script('two', '0')]);
  const worker = await plant.worker([], { home: 'far', database: proxy.url });
  const id = await plant.leave({ line, title: 'Away', repository });
  await plant.event((event) => event.run === id && event.body.type === 'stage.started');
  proxy.cut();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await proxy.mend();
  expect((await plant.event((event) => event.run === id && event.body.type === 'run.ended')).body).toMatchObject({ verdict: 'NO_OP' });
  const { events } = await plant.factory.show(id);
  expect(
    events.filter(({ body }) => body.type === 'stage.completed').map(({ body }) => body.type === 'stage.completed' && body.stage),
  ).toEqual(['one', 'two']);
  worker.kill('SIGTERM');
  expect((await worker.ended).code).toBe(0);
  await proxy.close();
});

it('a server that is too old is refused with what is needed', async () => {
  const proxy = await proxyTo(plant.url, (answer) => answer.replace(/1[5-9]00\d\d/, '130004'));
  const { code, stderr } = await plant.jidoka(['status'], { database: proxy.url });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/jidoka needs \d+ or newer[^]*next: /)]);
  await proxy.close();
});

it.each([
  ['worker --queues', ['worker', '--queues', ''], 2, 'has an empty name'],
  ['worker --labels a,,b', ['worker', '--labels', 'a,,b'], 2, 'has an empty name'],
  ['worker --at-once 0', ['worker', '--at-once', '0'], 2, 'is no number from 1'],
  ['up with a port that is none', ['up', '--port', '70000'], 2, 'is no number from'],
  ['a gate that never was', ['approve', 'no/gate/1'], 2, 'No gate has the id'],
  ['a run that never was', ['cancel', 'no-such-run'], 2, 'No run "no-such-run"'],
  ['a cursor that is none', ['watch', '--after', 'yesterday'], 2, 'is no cursor'],
  ['a pattern that is none', ['schedule', 'add', 'deps', 'x', '--cron', '61 * * * *', '--all'], 2, 'cannot be read'],
  ['a time that never comes', ['schedule', 'add', 'deps', 'x', '--cron', '0 0 30 2 *', '--all'], 2, 'never due'],
  ['a database that is none', ['--database', 'mysql://x', 'status'], 2, 'does not begin with postgres://'],
  ['a database that nobody serves', ['--database', 'postgres://nobody:secret@127.0.0.1:1/none', 'worker'], 1, '127.0.0.1'],
])('%s is refused with what to do, and begins nothing', async (_, args, code, message) => {
  // The factory of this process has its database already.
  const { code: got, stdout, stderr } = await (args[0] === '--database' ? plant.jidoka(args) : plant.ask(args));
  expect([got, stderr], stdout).toEqual([code, expect.stringContaining(message)]);
  expect(stderr).toContain('\n  next: ');
  expect(stdout + stderr).not.toContain('secret');
});

interface Proxy {
  readonly url: string;
  cut(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A way to a server of a socket folder that can be cut, and that may tell of it what is not so, in as many bytes. */
async function proxyTo(url: string, telling = (answer: string): string => answer): Promise<Proxy> {
  const socket = `${new URL(url).searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
  const open = new Set<{ destroy(): void }>();
  let isCut = false;
  const server: Server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect(socket);
    for (const end of [client, upstream]) {
      open.add(end);
      end.on('error', () => {});
      end.on('close', () => open.delete(end));
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => client.write(telling(bytes.toString('latin1')), 'latin1'));
    upstream.on('end', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const through = new URL(url);
  through.searchParams.delete('host');
  return {
    url: through.toString().replace('localhost:5432', `127.0.0.1:${port}`),
    cut: () => {
      isCut = true;
      for (const end of open) end.destroy();
    },
    mend: async () => {
      isCut = false;
    },
    close: async () => {
      for (const end of open) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
