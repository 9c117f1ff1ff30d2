import { describe, expect, test } from 'vitest';
import type { DeskWord, OpenDesk, ReportDesk, ToolDesk } from '../../../core/ports/stations/report-desk.ts';
import { ReportForm, readReport } from '../../../core/station/report.ts';
import { exampleOf } from './form-words.ts';
import { reportDesk } from './index.ts';
import { statesOf } from './states.ts';

const rules = [
  { code: 'already-fixed', statement: 'The base does what the ticket asks for.', proof: 'a test or a place' },
  { code: 'documented', statement: 'The documents say that it is so.', proof: 'the place' },
];
const change = { state: 'DONE', summary: 'Mended.', filesChanged: ['a.ts'] };

interface Bench {
  readonly desk: ReportDesk & ToolDesk;
  readonly open: OpenDesk;
  readonly told: readonly DeskWord[];
  /** Calls the tool and tells what its caller is told. */
  readonly hand: (value: unknown, job?: string) => Promise<{ readonly isError: boolean; readonly text: string }>;
}

function bench(form: ReportForm = 'change', noOpRules: readonly (typeof rules)[number][] = rules): Bench {
  const desk = reportDesk({ version: '1' });
  const told: DeskWord[] = [];
  const open = desk.open({ job: 'one', form, packet: { noOpRules: [...noOpRules] }, told: (word) => void told.push(word) });
  return {
    desk,
    open,
    told,
    async hand(value, job = 'one') {
      const { result } = (await desk.answer(job, callOf(value))) as { result: { isError: boolean; content: { text: string }[] } };
      return { isError: result.isError, text: result.content[0]?.text ?? '' };
    },
  };
}

function callOf(value: unknown, id: unknown = 1): unknown {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'report', arguments: value } };
}

const say = (desk: ToolDesk, method: string, params?: unknown): Promise<unknown> =>
  desk.answer('one', { jsonrpc: '2.0', id: 'a', method, ...(params !== undefined && { params }) });

describe('a report', () => {
  test('in order is frozen, and whatever comes after it changes nothing and is told as late', async () => {
    const { hand, open, told } = bench();
    expect(open.report()).toBeNull();
    expect(await hand(change)).toMatchObject({ isError: false, text: expect.stringContaining('Accepted: DONE') });
    const first = open.report();
    expect(first).toMatchObject(change);
    const later = { state: 'ESCALATE', code: 'x', summary: 's', question: 'q' };
    expect(await hand(later)).toMatchObject({ isError: false, text: expect.stringContaining('was accepted before') });
    expect(await hand('rubbish')).toMatchObject({ isError: false });
    expect(open.report()).toBe(first);
    expect(told).toEqual([
      { kind: 'accepted', report: first },
      { kind: 'late', report: later },
      { kind: 'late', report: 'rubbish' },
    ]);
  });

  test('that lacks something is refused with what it lacks and a whole example, and the next may be right', async () => {
    const { hand, open, told } = bench();
    const { isError, text } = await hand({ state: 'DONE', summary: 'Mended.' });
    expect(isError).toBe(true);
    expect(text).toContain('filesChanged');
    const example = JSON.parse(text.split('\n').at(-1) ?? '') as unknown;
    expect(open.report()).toBeNull();
    expect(await hand(example)).toMatchObject({ isError: false });
    expect(told.map(({ kind }) => kind)).toEqual(['refused', 'accepted']);
  });

  test.each([
    ['no state', {}, 'DONE, NO_OP, ESCALATE, RETRYABLE_FAILURE'],
    ['a state of its own', { state: 'PR_READY' }, '"PR_READY" is no state here'],
    ['nothing', undefined, 'no state'],
    ['null', null, 'no state'],
    ['a text', JSON.stringify(change), 'no state'],
    ['a list', [change], 'no state'],
    ['a number', 7, 'no state'],
    ['a list as text', { ...change, filesChanged: '["a.ts"]' }, 'filesChanged'],
    ['a field too many', { ...change, verdict: 'PR_READY' }, 'verdict'],
    ['a summary of blanks', { ...change, summary: ' \n ' }, 'summary'],
    ['a summary without end', { ...change, summary: 'x'.repeat(100_000) }, 'summary'],
    ['a proof of nothing', { state: 'NO_OP', rule: 'documented', summary: 's', proof: [{}] }, 'proof[0]'],
    ['no proof', { state: 'NO_OP', rule: 'documented', summary: 's', proof: [] }, 'proof'],
    ['no question', { state: 'ESCALATE', code: 'x', summary: 's' }, 'question'],
    [
      'the names of prototypes',
      JSON.parse('{"state":"DONE","summary":"s","filesChanged":["a"],"__proto__":{"state":"NO_OP"}}'),
      '__proto__',
    ],
    ['a state of the prototype', JSON.parse('{"__proto__":{"state":"DONE"},"summary":"s"}'), 'no state'],
    ['a constructor', JSON.parse('{"state":"constructor","summary":"s"}'), 'no state here'],
    ['half a million wrong items', { ...change, testsRun: Array.from({ length: 500_000 }, () => 1) }, 'testsRun'],
    [
      'ten thousand wrong names',
      { ...change, ...Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`name${at}`, at])) },
      'name1',
    ],
  ])('of %s is refused', async (_name, value, why) => {
    const { hand, open, told } = bench();
    const { isError, text } = await hand(value);
    expect(isError).toBe(true);
    expect(text).toContain(why);
    expect(text.length).toBeLessThan(5_000);
    expect(open.report()).toBeNull();
    expect(told).toEqual([{ kind: 'refused', why: expect.stringContaining(why) }]);
  });

  test('that nothing is owed names a rule of the job', async () => {
    const { hand, open } = bench();
    const noOp = { state: 'NO_OP', rule: 'too-hard', summary: 's', proof: [{ note: 'n' }] };
    const { isError, text } = await hand(noOp);
    expect(isError).toBe(true);
    expect(text).toContain('already-fixed (The base does what the ticket asks for.); documented');
    await hand({ ...noOp, rule: 'documented' });
    expect(open.report()).toMatchObject({ state: 'NO_OP', rule: 'documented' });
  });

  test('that nothing is owed is none where no rule says when that is', async () => {
    const { hand } = bench('change', []);
    const { isError, text } = await hand({ state: 'NO_OP', rule: 'documented', summary: 's', proof: [{ note: 'n' }] });
    expect(isError).toBe(true);
    expect(text).toContain('state is one of DONE, ESCALATE, RETRYABLE_FAILURE');
  });

  test('of a hundred at once one is accepted', async () => {
    const { hand, open, told } = bench();
    const texts = await Promise.all(Array.from({ length: 100 }, (_, at) => hand({ ...change, summary: `n${at}` })));
    expect(texts.filter(({ text }) => text.startsWith('Accepted'))).toHaveLength(1);
    expect(told.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(open.report()?.summary).toBe('n0');
  });

  test('that comes ten thousand times is not told ten thousand times, and the right one is told all the same', async () => {
    const { hand, told } = bench();
    for (let time = 0; time < 10_000; time += 1) await hand({ time });
    await hand(change);
    expect(told.length).toBeLessThanOrEqual(101);
    expect(told.at(-1)).toMatchObject({ kind: 'accepted' });
  });

  test('that comes late is told cut short', async () => {
    const { hand, told } = bench();
    await hand(change);
    await hand({ ...change, summary: 'x'.repeat(900_000) });
    expect(JSON.stringify(told[1]).length).toBeLessThan(25_000);
  });
});

describe('a desk', () => {
  test('that is closed answers with a fault, and keeps its report', async () => {
    const { desk, hand, open, told } = bench();
    await hand(change);
    open.close();
    expect(await desk.answer('one', callOf(change))).toMatchObject({ id: 1, error: { code: -32_000 } });
    expect(await say(desk, 'tools/list')).toMatchObject({ error: { code: -32_000 } });
    expect(open.report()).toMatchObject(change);
    expect(told).toHaveLength(1);
  });

  test('hears nothing of other workspaces', async () => {
    const { desk, open } = bench();
    for (const job of ['two', '', 'one ', '__proto__', 'constructor']) {
      expect(await desk.answer(job, callOf(change))).toMatchObject({ error: { code: -32_000 } });
    }
    expect(open.report()).toBeNull();
  });

  test('that is opened anew closes the one before it, whose end does not touch it', async () => {
    const { desk, open, hand } = bench();
    await hand(change);
    const again = desk.open({ job: 'one', form: 'plan', packet: { noOpRules: [] }, told: () => undefined });
    expect(again.report()).toBeNull();
    open.close();
    await hand({ state: 'DONE', summary: 's', steps: ['a'] });
    expect([open.report()?.summary, again.report()]).toMatchObject(['Mended.', { steps: ['a'] }]);
    again.close();
    expect(await desk.answer('one', callOf(change))).toMatchObject({ error: {} });
  });
});

describe('the protocol', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])('is spoken as of %s', async (protocolVersion) => {
    const { desk } = bench();
    expect(await say(desk, 'initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'x', version: '1' } })).toMatchObject({
      jsonrpc: '2.0',
      id: 'a',
      result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'jidoka', version: '1' } },
    });
  });

  test.each([[{ protocolVersion: '2031-01-01' }], [{}], [undefined], [null], ['x']])(
    'of %j is answered with what is spoken',
    async (params) => {
      expect(await say(bench().desk, 'initialize', params)).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
    },
  );

  test('greets, answers a ping and says nothing to a notification, though no desk is open', async () => {
    const desk = reportDesk({ version: '1' });
    expect(await say(desk, 'initialize', {})).toMatchObject({ result: {} });
    expect(await say(desk, 'ping')).toEqual({ jsonrpc: '2.0', id: 'a', result: {} });
    expect(await desk.answer('one', { jsonrpc: '2.0', method: 'notifications/initialized' })).toBeNull();
    expect(await desk.answer('one', { jsonrpc: '2.0', id: 1, result: {} })).toBeNull();
  });

  test.each(['server/discover', 'resources/list', 'prompts/list', 'logging/setLevel', 'constructor', '__proto__', ''])(
    'has no method %j',
    async (method) => {
      expect(await say(bench().desk, method)).toMatchObject({ id: 'a', error: { code: -32_601 } });
    },
  );

  test.each([
    [undefined],
    [null],
    [[]],
    [{}],
    [{ name: 7, arguments: change }],
    [{ name: 'Report', arguments: change }],
    [{ name: 'constructor', arguments: change }],
  ])('has no tool %j', async (params) => {
    const { desk, told } = bench();
    expect(await say(desk, 'tools/call', params)).toMatchObject({ error: { code: -32_602 } });
    expect(told).toEqual([]);
  });

  test.each([
    ['null', null],
    ['a text', 'ping'],
    ['another version', { jsonrpc: '1.0', id: 1, method: 'ping' }],
    ['an id of null', { jsonrpc: '2.0', id: null, method: 'ping' }],
    ['an id that is an object', { jsonrpc: '2.0', id: {}, method: 'ping' }],
    ['no method', { jsonrpc: '2.0', id: 1 }],
    ['an empty batch', []],
    ['a batch too long', Array.from({ length: 1_000 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }))],
    ['depth without end', JSON.parse(`${'{"a":['.repeat(100_000)}${']}'.repeat(100_000)}`)],
    ['a deep call', callOf(JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`))],
  ])('takes %s for no message', async (_name, message) => {
    expect(await bench().desk.answer('one', message)).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32_600, message: expect.any(String) },
    });
  });

  test('answers a batch one by one, and one of notifications not at all', async () => {
    const { desk } = bench();
    const note = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const batch = [{ jsonrpc: '2.0', id: 1, method: 'ping' }, note, { jsonrpc: '2.0', id: 2, method: 'no/such' }, 'rubbish'];
    expect(await desk.answer('one', batch)).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { code: -32_601 } },
      { id: null, error: {} },
    ]);
    expect(await desk.answer('one', [note, note])).toBeNull();
  });
});

describe('the tool', () => {
  const toolOf = async (form: ReportForm, noOpRules = rules): Promise<Tool> => {
    const answer = (await say(bench(form, noOpRules).desk, 'tools/list')) as { result: { tools: Tool[] } };
    expect(answer.result.tools).toHaveLength(1);
    return answer.result.tools[0] as Tool;
  };

  test.each(ReportForm.options)('of the form %s has a schema that agents take, with words for each field', async (form) => {
    const { name, inputSchema, annotations, _meta, description } = await toolOf(form);
    expect(name).toBe('report');
    expect(annotations).toMatchObject({ readOnlyHint: true });
    expect(_meta).toEqual({ 'anthropic/alwaysLoad': true });
    expect(inputSchema.type).toBe('object');
    expect(JSON.stringify(inputSchema)).not.toMatch(/"(oneOf|anyOf|allOf|\$ref|\$schema|const|default)"/);
    expect(inputSchema.properties['state']?.enum).toEqual(statesOf(form, rules));
    expect(inputSchema.required).toEqual(['state', 'summary']);
    for (const [field, { description: words = '' }] of Object.entries(inputSchema.properties))
      expect([field, words.length > 12]).toEqual([field, true]);
    for (const state of statesOf(form, rules)) expect(description).toContain(`- ${state}: `);
  });

  test.each(ReportForm.options)('of the form %s has examples that are in order', (form) => {
    for (const state of statesOf(form, rules)) expect(readReport(form, exampleOf(form, state, rules))).toMatchObject({ kind: 'report' });
  });

  test('names the rules there are, and nothing of them where there are none', async () => {
    const { properties } = (await toolOf('change')).inputSchema;
    expect(properties['rule']).toMatchObject({ enum: ['already-fixed', 'documented'], description: expect.stringContaining('NO_OP') });
    const bare = (await toolOf('change', [])).inputSchema.properties;
    expect(Object.keys(bare)).not.toContain('rule');
    expect(bare['state']?.enum).not.toContain('NO_OP');
  });
});

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: string;
    readonly properties: Readonly<Record<string, { readonly description?: string; readonly enum?: readonly string[] }>>;
    readonly required: readonly string[];
  };
  readonly annotations: object;
  readonly _meta: object;
}
