import { describe, expect, test } from 'vitest';
import { type Lane, type LaneCall, tonguePairs, type LaneProtocol, laneUpstream } from './lane.ts';
import { canSay, requests, story, storyParameters } from './story.ts';
import { type Told, toldTo } from './told.ts';

/** What every lane promises of requests, for each pair of APIs that differ. */
export function requestContract<Terms>(lane: Lane<Terms>): void {
  describe.each(tonguePairs)('a request from %s to %s', (from, to) => {
    const asked = from === 'generate-content' ? { model: 'alias', stream: true } : { model: null, stream: null };
    const translated = (body: unknown, more: Parameters<typeof laneUpstream>[0] = {}): LaneCall<Terms> =>
      lane.translate({ from, to, body, asked, upstream: laneUpstream(more) });
    const sent = (body: unknown = requests[from]): unknown => {
      const call = translated(body);
      expect(call).toMatchObject({ kind: 'call' });
      return call.kind === 'call' ? structuredClone(JSON.parse(JSON.stringify(call.body))) : null;
    };
    const told = (): Told => toldTo(to, sent());

    test('instructions are kept, the attribution of an agent is not', () => {
      expect(told().system).toEqual([story.system]);
      expect(JSON.stringify(sent())).not.toContain('billing-header');
    });

    const inMidst = from === 'generate-content' ? null : test;
    inMidst?.('instructions in the midst of the conversation come after the results of the calls before them', () => {
      const texts = told().turns.flatMap(([, parts]) => parts);
      const at = texts.findIndex((part) => part.includes(story.instruction));
      expect(at).toBeGreaterThan(texts.findLastIndex((part) => /^(result|error) /.test(part)));
      expect(at).toBeLessThan(texts.indexOf(`text ${story.more}`));
    });

    test('calls at once are kept, and each has its result with the same id right behind them', () => {
      const [user, assistant, results] = told().turns;
      expect(user).toEqual(['user', [`text ${story.task}`, `image ${story.image}`]]);
      const [read, view] = [story.read, story.view].map(({ id, name, input }) => `call ${id} ${name} ${JSON.stringify(input)}`);
      expect(assistant).toEqual(['assistant', [`text ${story.said}`, read, view]]);
      expect(results?.[1].slice(0, 2).map((part) => part.split(' ').slice(0, 2).join(' '))).toEqual([
        `${canSay[from].error && canSay[to].error ? 'error' : 'result'} ${story.read.id}`,
        `result ${story.view.id}`,
      ]);
    });

    test('a result that is an error stays one', () => {
      const [, , results] = told().turns;
      const words = canSay[to].error || !canSay[from].error ? story.read.result : `Error: ${story.read.result}`;
      expect(results?.[1][0]).toContain(`text ${words}`);
    });

    const images = canSay[from].image ? test : null;
    images?.('an image in a result stays an image, before what is said next', () => {
      const parts = told()
        .turns.slice(2)
        .flatMap(([, said]) => said);
      const image = parts.findIndex((part) => part.endsWith(`image ${story.image}`));
      expect(image).toBeGreaterThan(0);
      expect(image).toBeLessThan(parts.indexOf(`text ${story.more}`));
      expect(parts.find((part) => part.startsWith(`result ${story.view.id}`))).toContain(story.view.result);
    });

    test('no bytes of an image stand in a text', () => {
      const texts = JSON.stringify(
        told()
          .turns.flatMap(([, parts]) => parts)
          .filter((part) => !part.includes('image ')),
      );
      expect(texts).not.toContain(story.image.slice(0, 20));
    });

    test('a thought of another model is neither told nor pasted', () => {
      expect(JSON.stringify(sent())).not.toMatch(/A thought of another model|c2lnbmVk|cmVkYWN0ZWQ|Z0FBQUFB/);
    });

    test('tools, the demand for a call and the limit are kept', () => {
      const { tools, mustCall, limit } = told();
      expect(tools).toEqual([story.read, story.view].map(({ name }) => ({ name, parameters: storyParameters })));
      expect([mustCall, limit]).toEqual([true, 4_000]);
    });

    test('a limit is never made up', () => {
      const body = withoutLimit(requests[from], from);
      const known = translated(body);
      const limit = known.kind === 'call' ? toldTo(to, JSON.parse(JSON.stringify(known.body))).limit : null;
      expect(limit).toBe(to === 'messages' ? 16_000 : undefined);
      const unknown = translated(body, { maxOutputTokens: null });
      expect(unknown.kind).toBe(to === 'messages' ? 'refused' : 'call');
    });

    test('at most four marks for a cache, none of them on a thought, and none where the API has none', () => {
      const marks = JSON.stringify(sent()).split('cache_control').length - 1;
      expect(marks).toBe(to === 'messages' ? 3 : 0);
    });

    test('a body of a megabyte goes through whole', () => {
      const long = 'ä"\\\n'.repeat(150_000);
      const body = structuredClone(JSON.parse(JSON.stringify(requests[from]).replaceAll(`"${story.more}"`, JSON.stringify(long))));
      expect(JSON.stringify(toldTo(to, sent(body)).turns)).toContain(JSON.stringify(`text ${long}`));
    });

    test('what is no request is refused with a sentence', () => {
      for (const body of [
        null,
        7,
        [],
        {},
        { model: 'a', messages: 'x', input: 7, contents: 7 },
        { model: 'a', messages: [{}], input: [[]], contents: [7] },
      ]) {
        const call = translated(body);
        expect(call).toMatchObject({ kind: 'refused', message: expect.stringMatching(/\w/) });
      }
    });
  });
}

function withoutLimit(body: { readonly [member: string]: unknown }, from: LaneProtocol): unknown {
  const names: Readonly<Record<LaneProtocol, string>> = {
    messages: 'max_tokens',
    responses: 'max_output_tokens',
    chat: 'max_completion_tokens',
    'generate-content': 'generationConfig',
  };
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== names[from]));
}
