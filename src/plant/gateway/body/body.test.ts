import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { edited } from '../marks/edits.ts';
import { askedOf } from './asked.ts';
import { topLevel } from './top-level.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

describe('the members of a body', () => {
  it('are found as a parser finds them, whatever they hold', () => {
    const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 8 });
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), (object, indent) => {
        const body = bytes(JSON.stringify(object, null, indent));
        const found = topLevel(body);
        const read =
          found.kind === 'object' ? [...found.members].map(([name, { from, to }]) => [name, body.toString('utf8', from, to)]) : null;
        const parsed = JSON.parse(body.toString('utf8')) as object; // as written
        expect(read?.map(([name, text]) => [name, JSON.parse(text ?? '')])).toEqual(Object.entries(parsed));
      }),
    );
  });

  it('are never found in what no parser reads to its end', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }), fc.nat(), (object, at) => {
        const body = bytes(JSON.stringify(object));
        expect(topLevel(body.subarray(0, at % body.length)).kind).toBe('wrong');
      }),
    );
  });

  it.each(['', 'null', '[]', '"x"', '{', '{"a"}', '{"a":}', '{"a":1,}', '{"a":1}x', '{a:1}', '{"a":1 "b":2}', '{"\\u00":1}', '{"a":"\\"}'])(
    'are none in %j',
    (text) => {
      expect(topLevel(bytes(text)).kind).toBe('wrong');
    },
  );

  it.each([
    '[}',
    '{]',
    '[nul]',
    'tru',
    'nullx',
    '[1,,2]',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a" 1}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{"a":1,2}',
    '0x5',
    '01',
    '-',
    '.5',
    '5.',
    '1e',
    '+1',
    'NaN',
    '"\\x41"',
    '"\\u00g1"',
    '"a\nb"',
    "'a'",
    '[[1]',
    '[1]]',
  ])('are none where %s is the value of one', (value) => {
    expect(topLevel(bytes(`{"model":"a","messages":${value}}`)).kind).toBe('wrong');
    expect(topLevel(bytes(`{"model":"a","messages":[ {"deep":[${value}]} ]}`)).kind).toBe('wrong');
  });

  it('are found where a parser finds them, and nowhere else, whatever is wrong', () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 4 });
    const sign = fc.constantFrom(...'{}[],:"\\01-+.eEtnu x\n\t');
    fc.assert(
      fc.property(value, sign, fc.nat(), fc.constantFrom(0, 1), (object, put, place, drop) => {
        const text = JSON.stringify(object);
        const at = place % text.length;
        const body = bytes(text.slice(0, at) + put + text.slice(at + drop));
        const found = topLevel(body);
        if (found.kind === 'wrong' && found.message.endsWith('twice.')) return;
        expect(found.kind).toBe(isObject(body.toString()) ? 'object' : 'wrong');
      }),
      { numRuns: 2000 },
    );
  });

  it('are found beside lists in lists in lists, and beside bytes that are no text', () => {
    const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
    expect(topLevel(bytes(`{"a":${deep},"model":"b"}`))).toMatchObject({ kind: 'object' });
    expect(topLevel(bytes(`{"a":${deep.slice(1)},"model":"b"}`)).kind).toBe('wrong');
    expect(topLevel(Buffer.concat([bytes('{"a":"'), Buffer.from([0xff, 0xc3]), bytes('"}')]))).toMatchObject({ kind: 'object' });
  });

  it('are told apart once each: of two with one name nobody knows which one counts', () => {
    expect(topLevel(bytes('{"model":"a","mo\\u0064el":"b"}'))).toEqual({ kind: 'wrong', message: 'The body has "model" twice.' });
  });

  it('takes long text that begins as a picture for one, and no other text', () => {
    const data = 'iVBORw0KGgo'.repeat(400);
    const body = JSON.stringify({
      a: [{ url: `data:image/png;base64,${data}` }, { data }, { text: 'word '.repeat(1000) }, { text: 'x'.repeat(5000) }],
    });
    const found = topLevel(bytes(body));
    expect(found).toMatchObject({ images: 2 });
    expect(found.kind === 'object' && found.imageBytes).toBeGreaterThan(data.length * 2);
  });
});

describe('another model', () => {
  it.each([1, 100_000])('is put in, and every other byte stays, also of a body of %i times as much', (times) => {
    const rest = '"messages":[{"model":"kept","content":"ö \\u00f6"}],"unknown":{"x":1e400}';
    const text = `{ "max_tokens" : 5,\n"model" : "co\\u0064er" , ${rest}, "more": "${'x'.repeat(times)}" }`;
    const asked = askedOf(bytes(text), 'messages');
    if (asked.kind !== 'asked' || asked.model === null) throw new Error('not read');
    expect(asked).toMatchObject({ model: { name: 'coder' }, maxOutput: 5, stream: null });
    const { from, to } = asked.model.span;
    const changed = edited(bytes(text), [{ at: from, drop: to - from, text: JSON.stringify('big/"4.5"') }]);
    expect(changed.toString()).toBe(text.replace('"co\\u0064er"', '"big/\\"4.5\\""'));
  });

  it('is refused where none is named, or by what is no text', () => {
    expect(askedOf(bytes('{"messages":[]}'), 'chat')).toMatchObject({ kind: 'wrong', message: 'The body names no "model".' });
    expect(askedOf(bytes('{"model":1}'), 'chat')).toMatchObject({ kind: 'wrong', message: '"model" is no text.' });
  });

  it('has its longest answer read in the words of each protocol', () => {
    expect(askedOf(bytes('{"model":"a","max_completion_tokens":7,"stream":true}'), 'chat')).toMatchObject({ maxOutput: 7, stream: true });
    expect(askedOf(bytes('{"model":"a","max_output_tokens":8}'), 'responses')).toMatchObject({ maxOutput: 8 });
    expect(askedOf(bytes('{"contents":[],"generationConfig":{"maxOutputTokens":9}}'), 'generate-content')).toMatchObject({ maxOutput: 9 });
    expect(askedOf(bytes('{"model":"a","max_tokens":"many"}'), 'messages')).toMatchObject({ maxOutput: null });
  });

  it.each<[string, Protocol, string, number | null]>([
    ['is the model’s where one of two limits may mean none', 'chat', '"max_tokens":-1,"max_completion_tokens":5', null],
    ['is the longer of two', 'chat', '"max_tokens":7,"max_completion_tokens":5', 7],
    ['is the longer of two spellings', 'generate-content', '"generationConfig":{"maxOutputTokens":1,"max_output_tokens":8}', 8],
    ['is the longer of two members', 'generate-content', '"generationConfig":{"maxOutputTokens":1},"generation_config":{}', 1],
  ])('has a longest answer that %s', (_, protocol, members, maxOutput) => {
    expect(askedOf(bytes(`{"model":"a",${members}}`), protocol)).toMatchObject({ maxOutput });
  });

  it.each<[Protocol, string, number]>([
    ['chat', '"n":128', 128],
    ['responses', '"n":2', 2],
    ['chat', '"n":"128"', 128],
    ['chat', '"n":1.5', 2],
    ['chat', '"n":1e999', 65_536],
    ['chat', '"n":0', 1],
    ['chat', '"n":-3', 1],
    ['chat', '"n":null', 1],
    ['chat', '"n":"many"', 1],
    ['chat', '"n":[9]', 1],
    ['generate-content', '"generationConfig":{"candidateCount":8}', 8],
    ['generate-content', '"generation_config":{"candidate_count":8},"generationConfig":{"candidateCount":2}', 8],
    ['messages', '"max_tokens":5', 1],
  ])('has as many answers as are asked for at once, in %s by %s', (protocol, members, answers) => {
    expect(askedOf(bytes(`{"model":"a",${members}}`), protocol)).toMatchObject({ answers });
  });
});
