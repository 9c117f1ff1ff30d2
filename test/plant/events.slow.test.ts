import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import type { FedEvent } from '../../src/core/ports/feed.ts';
import { script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
beforeAll(async () => {
  plant = await openPlant();
});
afterAll(() => plant.close());

it('each event is told once and in order, under four workers, by a stream that breaks and a daemon that is started anew', async () => {
  const { path: repository } = await plant.project();
  const line = await plant.line('many', [
    script('one', '0'),
    script('two', '0', { after: ['one'] }),
    script('three', '0', { after: ['one'] }),
  ]);
  let daemon = await plant.up(['--at-once', '2']);
  for (const home of ['a', 'b', 'c']) await plant.worker(['--at-once', '2'], { home });
  const watching = plant.start(['watch', '--after', 'start', '--json']);
  const stream = new Stream();
  const token = await readFile(`${plant.folder}/home/daemon/token`, 'utf8');
  const broken = stream.read(daemon.url, token.trim(), 7);
  const runs = await Promise.all(Array.from({ length: 6 }, (_, at) => plant.leave({ line, title: `first ${at}`, repository })));
  await broken;
  await stream.read(daemon.url, token.trim(), 11);
  expect((await plant.jidoka(['down'])).code).toBe(0);
  runs.push(...(await Promise.all(Array.from({ length: 6 }, (_, at) => plant.leave({ line, title: `second ${at}`, repository })))));
  daemon = await plant.up(['--at-once', '2']);
  for (const run of runs) await plant.event((event) => event.run === run && event.body.type === 'run.ended');
  const { events: all } = await plant.factory.feed.after(null, { limit: 10_000 });
  const anew = await readFile(`${plant.folder}/home/daemon/token`, 'utf8');
  await stream.read(daemon.url, anew.trim(), all.length - stream.seen.length);
  expect(stream.seen).toEqual(all.map(({ cursor, event }) => `${cursor} ${event.run} ${event.runSeq}`));
  while (watching.out().length < all.length) await new Promise((resolve) => setTimeout(resolve, 50));
  const told = watching.out().map((each): FedEvent => JSON.parse(each));
  expect(told).toEqual(JSON.parse(JSON.stringify(all)));
  watching.kill('SIGINT');
  expect((await watching.ended).code).toBe(0);
});

it('one run is told whole to whoever runs it with --watch', async () => {
  const { path: repository } = await plant.project();
  const line = await plant.line('watched', [script('one', '0')]);
  const { code, stderr } = await plant.jidoka(['run', 'task', '--line', line, '--title', 'Watched', '--repo', repository, '--watch']);
  expect(code, stderr).toBe(0);
  const [run = ''] = (await plant.factory.runs({ line: 'watched' })).map((each) => each.run);
  const types = (await plant.factory.show(run)).events.map(({ body }) => body.type);
  const told = stderr.split('\n').flatMap((text) => /^\d\d:\d\d:\d\d +(?:watched-\S+ +)?([a-z]+(?:\.[a-z]+)?)/.exec(text)?.[1] ?? []);
  expect(told).toEqual(types);
});

/** Reads so many events from the stream of a daemon and breaks the connection, with the last id for the next time. */
class Stream {
  readonly seen: string[] = [];
  #last: string | null = null;

  async read(url: string, token: string, count: number): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, ...(this.#last === null ? {} : { 'last-event-id': this.#last }) };
    const cut = new AbortController();
    const { body } = await fetch(`${url}/v1/events?from=start`, { headers, signal: cut.signal });
    if (body === null) throw new Error('The stream has no body.');
    const until = this.seen.length + count;
    let rest = '';
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      const messages = (rest + piece).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) if (this.seen.length < until) this.#hear(message);
      if (this.seen.length >= until) break;
    }
    cut.abort();
  }

  #hear(message: string): void {
    const id = /^id: (.*)$/m.exec(message)?.[1] ?? this.#last;
    this.#last = id;
    const data = /^data: (.+)$/m.exec(message)?.[1];
    if (data === undefined) return;
    const { run, runSeq }: FedEvent['event'] = JSON.parse(data);
    this.seen.push(`${id} ${run} ${runSeq}`);
  }
}
