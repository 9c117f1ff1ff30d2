import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edited } from '../marks/edits.ts';
import { askedOf } from './asked.ts';
import { topLevel } from './top-level.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

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

  it('are told apart once each: of two with one name nobody knows which one counts', () => {
    expect(topLevel(bytes('{"model":"a","mo\\u0064el":"b"}'))).toEqual({ kind: 'wrong', message: 'The body has "model" twice.' });
  });

  it('takes long text without a space for a picture, and no other text', () => {
    const data = 'iVBORw0KGgo'.repeat(400);
    const body = JSON.stringify({ a: [{ url: `data:image/png;base64,${data}` }, { data }, { text: 'word '.repeat(1000) }] });
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
    const pieces = edited(bytes(text), [{ at: from, drop: to - from, text: JSON.stringify('big/"4.5"') }]);
    expect(Buffer.concat(pieces).toString()).toBe(text.replace('"co\\u0064er"', '"big/\\"4.5\\""'));
    expect(pieces.length).toBe(times === 1 ? 1 : 3);
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
});
