import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { breakages, refusals } from '../scenario/fault.ts';
import { memoryTape, type MemoryTape, type ModelTwin, readScenario, startModelTwin } from '../../index.ts';

const open: ModelTwin[] = [];
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close();
});

const words = 'Some words that are long enough to be cut in several pieces, so that a stream has a middle.';

async function playing(fault: string): Promise<{ readonly url: string; readonly tape: MemoryTape }> {
  const tape = memoryTape();
  const scenario = readScenario(`{ steps: [{ run: "echo ${words}" }, { say: Done. }], faults: [{ fault: ${fault} }] }`, 'test');
  const twin = await startModelTwin({ scenario, port: 0, tape, replay: null });
  open.push(twin);
  return { url: twin.url, tape };
}

const parameters = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] };
const requests = {
  messages: {
    path: '/v1/messages',
    body: { max_tokens: 9, messages: [{ role: 'user', content: 'Do.' }], tools: [{ name: 'Bash', input_schema: parameters }] },
  },
  responses: { path: '/v1/responses', body: { input: 'Do.', tools: [{ type: 'function', name: 'shell', parameters }] } },
  chat: {
    path: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: 'Do.' }], tools: [{ type: 'function', function: { name: 'bash', parameters } }] },
  },
  gemini: {
    path: '/v1beta/models/twin:streamGenerateContent?alt=sse',
    body: {
      contents: [{ parts: [{ text: 'Do.' }] }],
      tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: parameters }] }],
    },
  },
} as const;
type Protocol = keyof typeof requests;
const all = Object.keys(requests) as Protocol[]; // of the table above

interface Heard {
  readonly status: number;
  readonly body: string;
  /** How the connection ended; `open` where it was still there after something was heard. */
  readonly end: 'complete' | 'dropped' | 'open';
}

/** Asks for a stream. `patient` waits for its end; without, it leaves after the first bytes. */
async function heard(url: string, protocol: Protocol, { patient }: { readonly patient: boolean }): Promise<Heard> {
  const { path, body } = requests[protocol];
  return new Promise((resolve) => {
    const asked = request(`${url}${path}`, { method: 'POST' }, (answer) => {
      let text = '';
      const status = answer.statusCode ?? 0;
      answer.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (patient) return;
        resolve({ status, body: text, end: 'open' });
        asked.destroy();
      });
      answer.on('end', () => resolve({ status, body: text, end: 'complete' }));
      answer.on('error', () => resolve({ status, body: text, end: 'dropped' }));
    });
    asked.on('error', () => resolve({ status: 0, body: '', end: 'dropped' }));
    asked.end(JSON.stringify({ model: 'twin', stream: true, ...body }));
  });
}

function events(body: string): string[] {
  return body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
}
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text === '[DONE]';
  }
};
/** What of each API says that an answer is complete. */
const ending: Readonly<Record<Protocol, RegExp>> = {
  messages: /message_stop/,
  responses: /response\.completed/,
  chat: /"finish_reason":"/,
  gemini: /"finishReason"/,
};

describe.each(all)('over %s', (protocol) => {
  it('an answer without a fault is whole', async () => {
    const { url, tape } = await playing('{ kind: server }');
    await heard(url, protocol, { patient: true });
    const { body, end } = await heard(url, protocol, { patient: true });
    expect([end, events(body).every(isJson), ending[protocol].test(body)]).toEqual(['complete', true, true]);
    expect((await tape.seen(({ fault }) => fault === null)).answer).toMatchObject({ status: 200, ended: 'complete' });
  });

  it.each(Object.entries(refusals))('%s is a status with an error in its words', async (kind, status) => {
    const { url } = await playing(kind);
    const { body, status: got } = await heard(url, protocol, { patient: true });
    expect(got).toBe(kind === 'overloaded' && protocol !== 'messages' ? 503 : status);
    expect(JSON.parse(body)).toMatchObject({ error: { message: expect.stringMatching(/\w/) } });
  });

  it('a page, and nothing at all, come with 200', async () => {
    const page = await heard((await playing('html')).url, protocol, { patient: true });
    expect([page.status, page.body.startsWith('<!doctype html>')]).toEqual([200, true]);
    expect(await heard((await playing('empty-stream')).url, protocol, { patient: true })).toEqual({
      status: 200,
      body: '',
      end: 'complete',
    });
  });

  it('a stream that breaks off with an error tells of it, and is not complete', async () => {
    const { body } = await heard((await playing('error-event')).url, protocol, { patient: true });
    expect([/"error"/.test(body), /Overloaded/.test(body), ending[protocol].test(body)]).toEqual([true, true, false]);
  });

  it('a malformed line is one, and the rest is whole', async () => {
    const { body } = await heard((await playing('malformed-line')).url, protocol, { patient: true });
    expect(events(body).filter((line) => !isJson(line))).toHaveLength(1);
    expect(body).toMatch(ending[protocol]);
  });

  it('a stream that is cut lacks its end, and in a call a part of the call', async () => {
    const whole = await heard((await playing('cut-before-end')).url, protocol, { patient: true });
    expect([whole.end, ending[protocol].test(whole.body)]).toEqual(['complete', false]);
    const cut = await heard((await playing('cut-in-call')).url, protocol, { patient: true });
    expect([cut.end, ending[protocol].test(cut.body)]).toEqual(['complete', false]);
    expect(cut.body.length).toBeLessThan(whole.body.length);
  });

  it('a dropped connection ends without an end', async () => {
    expect(await heard((await playing('drop')).url, protocol, { patient: true })).toEqual({ status: 0, body: '', end: 'dropped' });
    const middle = await heard((await playing('drop-in-stream')).url, protocol, { patient: true });
    expect([middle.status, middle.end]).toEqual([200, 'dropped']);
    expect(middle.body).not.toMatch(ending[protocol]);
  });

  it('silence is held until somebody goes', async () => {
    const silent = await playing('silent-stream');
    expect(await heard(silent.url, protocol, { patient: false })).toMatchObject({ status: 200, end: 'open' });
    expect((await silent.tape.seen(() => true)).answer.ended).toBe('held');
    const deaf = await playing('no-answer');
    const waiting = heard(deaf.url, protocol, { patient: true });
    expect((await deaf.tape.seen(() => true)).answer).toMatchObject({ status: 0, ended: 'held' });
    for (const twin of open.splice(0)) await twin.close();
    expect((await waiting).end).toBe('dropped');
  });
});

describe('after a fault', () => {
  const silent = new Set(['silent-stream', 'no-answer']);
  it.each(breakages.filter((kind) => !silent.has(kind)))('%s the same answer is given again', async (kind) => {
    const { url, tape } = await playing(kind);
    await heard(url, 'chat', { patient: true });
    const { body } = await heard(url, 'chat', { patient: true });
    expect(events(body).every(isJson)).toBe(true);
    expect(tape.entries().map(({ step, fault }) => [step, fault])).toEqual([
      [0, kind],
      [0, null],
    ]);
  });
});
