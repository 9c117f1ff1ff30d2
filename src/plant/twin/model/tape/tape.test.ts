import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileTape, memoryTape, type ModelTwin, readScenario, readTape, startModelTwin, type TapeEntry } from '../../index.ts';

const open: ModelTwin[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-twin-'));
});
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close();
  await rm(folder, { recursive: true });
});

const scenario = readScenario(
  '{ steps: [{ say: One. }, { say: Two. }], faults: [{ fault: { kind: overloaded, retryAfter: 1 } }] }',
  'test',
);
const secret = 'sk-a-key-that-nobody-is-to-see';

async function asked(url: string, messages: readonly object[]): Promise<{ readonly status: number; readonly text: string }> {
  const body = JSON.stringify({ model: 'twin', max_tokens: 9, stream: true, messages });
  const answer = await fetch(`${url}/v1/messages?key=${secret}`, {
    method: 'POST',
    headers: { 'x-api-key': secret, cookie: secret },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

const task = [{ role: 'user', content: `Do it with ${secret}.` }];
const next = [...task, { role: 'assistant', content: 'One.' }, { role: 'user', content: 'Go on.' }];
const talk = [task, task, next];

/** What three calls got, and what a file says of them. */
async function recorded(): Promise<{ readonly heard: readonly object[]; readonly written: string }> {
  const path = join(folder, 'tape.jsonl');
  const twin = await startModelTwin({ scenario, port: 0, tape: await fileTape(path), replay: null });
  const heard = [];
  for (const messages of talk) heard.push(await asked(twin.url, messages));
  await twin.close();
  return { heard, written: await readFile(path, 'utf8') };
}

describe('a tape', () => {
  it('holds every call, in order, with what was answered word for word', async () => {
    const { heard, written } = await recorded();
    const entries = readTape(written, 'tape');
    expect(entries.map(({ seq, kind, step, fault }) => [seq, kind, step, fault])).toEqual([
      [1, 'main', 0, 'overloaded'],
      [2, 'main', 0, null],
      [3, 'main', 1, null],
    ]);
    expect(entries.map(({ answer }) => ({ status: answer.status, text: answer.body }))).toEqual(heard);
  });

  it('shows no key, whatever header, address or words it stood in, and that there was one', async () => {
    const { written } = await recorded();
    expect(written).not.toContain(secret);
    const [entry] = readTape(written, 'tape');
    expect(entry?.headers).toMatchObject({ 'x-api-key': '<hidden: 30 characters>', cookie: '<hidden: 30 characters>' });
    expect(entry?.token).toMatch(/^[0-9a-f]{10}$/);
  });

  it('played again gives the same answers with their faults, and refuses more', async () => {
    const { heard, written } = await recorded();
    const again = memoryTape();
    const twin = await startModelTwin({
      scenario: readScenario('steps: [{ say: other }]', 'test'),
      port: 0,
      tape: again,
      replay: readTape(written, 'tape'),
    });
    open.push(twin);
    const replayed = [];
    for (const messages of talk) replayed.push(await asked(twin.url, messages));
    expect(replayed).toEqual(heard);
    const more = await asked(twin.url, next);
    expect([more.status, JSON.parse(more.text)]).toMatchObject([400, { error: { message: expect.stringMatching(/no further answer/) } }]);
  });

  it('gives to the very same request the very same answer, whoever else asks meanwhile and whatever conversation it was written under', async () => {
    const entry = readTape((await recorded()).written, 'tape')[1] as TapeEntry; // three calls were made
    const body = (messages: readonly object[]): TapeEntry['body'] =>
      JSON.parse(JSON.stringify({ model: 'coder', max_tokens: 9, stream: true, messages })) as TapeEntry['body']; // it is JSON
    const other = [{ role: 'user', content: 'Another task.' }];
    const taken = (messages: readonly object[], conversation: string, text: string): TapeEntry => ({
      ...entry,
      body: body(messages),
      conversation,
      answer: { ...entry.answer, body: text },
    });
    const replay = [
      taken(task, 'change/1', 'first of one'),
      taken(other, 'review/1', 'of another'),
      taken(next, 'change/1', 'second of one'),
      taken(task, 'change/1', 'first again'),
      taken(next, 'change/2', 'second again'),
    ];
    const twin = await startModelTwin({ scenario, port: 0, tape: null, replay });
    open.push(twin);
    const answers = [];
    for (const messages of [other, task, next, task, next]) answers.push((await asked(twin.url, messages)).text);
    expect(answers).toEqual(['of another', 'first of one', 'second of one', 'first again', 'second again']);
  });

  it('counts a conversation as begun by a whole answer alone: who asks again after half of one goes on', async () => {
    const broken = readScenario('{ steps: [{ say: One. }], faults: [{ fault: drop-in-stream }] }', 'test');
    const tape = memoryTape();
    const first = await startModelTwin({ scenario: broken, port: 0, tape, replay: null });
    open.push(first);
    await expect(asked(first.url, task)).rejects.toThrow('terminated');
    const whole = await asked(first.url, task);
    const twin = await startModelTwin({ scenario, port: 0, tape: null, replay: tape.entries() });
    open.push(twin);
    const elsewhere = [{ role: 'user', content: 'Do it in other words.' }];
    await expect(asked(twin.url, elsewhere)).rejects.toThrow('terminated');
    expect(await asked(twin.url, elsewhere)).toEqual(whole);
  });

  it('that is none is refused with its line', () => {
    expect(() => readTape('', 'empty')).toThrow(/empty holds no entry/);
    expect(() => readTape('\n{', 'cut')).toThrow(/cut:2 is no JSON/);
    expect(() => readTape('{"v":2}', 'other')).toThrow(/other:1 is no entry/);
  });

  it('in a folder that is not there is refused before anybody listens', async () => {
    await expect(fileTape(join(folder, 'missing', 'tape'))).rejects.toThrow(/cannot be written/);
  });

  it('resolves with an entry that was there before, and with one that comes', async () => {
    const tape = memoryTape();
    const entry = readTape((await recorded()).written, 'tape')[0] as TapeEntry; // three calls were made
    const coming = tape.seen(({ seq }) => seq === entry.seq);
    await tape.write(entry);
    expect([await coming, await tape.seen(() => true)]).toEqual([entry, entry]);
  });
});
