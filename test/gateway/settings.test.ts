import { afterEach, expect, it } from 'vitest';
import type { LiveSetting, Setting } from '../../src/core/gateway/config/setting.ts';
import { http, message, rawUpstream } from './raw-upstream.ts';
import { modelAt, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** A gateway whose settings are as the test says. */
async function house(): Promise<{ readonly served: Served; set(...whats: readonly Setting[]): void }> {
  const upstream = await rawUpstream((socket) => socket.write(http(200, message)));
  let settings: readonly LiveSetting[] = [];
  const provider = { base: upstream.url, protocols: ['messages'] };
  const models = { strong: modelAt(['a/strong', 'b/strong']), cheap: modelAt(['b/cheap']) };
  const served = await serve({ a: provider, b: provider }, { models }, { settings: () => settings });
  open.push(upstream, served);
  const set = (...whats: readonly Setting[]): void => {
    settings = whats.map((what) => ({ what, until: null, by: 'ada', at: '2026-11-30T12:00:00.000Z' }));
  };
  return { served, set };
}

async function ask({ url, token }: Served): Promise<string> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] });
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'x-api-key': token }, body });
  return `${response.status} ${await response.text()}`;
}

it('a slot that is swapped is filled by the other model from the next call on, and by its own again when that is lifted', async () => {
  const { served, set } = await house();
  await ask(served);
  set({ kind: 'swap', slot: 'coder', to: 'cheap' });
  await ask(served);
  set();
  await ask(served);
  expect(served.calls.map(({ by }) => by)).toEqual([
    { model: 'strong', at: 'a/strong' },
    { model: 'cheap', at: 'b/cheap' },
    { model: 'strong', at: 'a/strong' },
  ]);
});

it('what is cut off is asked no more; where nothing is left the caller hears what was taken away and by whom', async () => {
  const { served, set } = await house();
  set({ kind: 'cut', cut: { kind: 'provider', name: 'a' } });
  await ask(served);
  expect(served.calls[0]?.tries.map(({ at }) => at)).toEqual(['b/strong']);
  set({ kind: 'cut', cut: { kind: 'vendor', name: 'a' } }, { kind: 'cut', cut: { kind: 'model', name: 'strong' } });
  const refused = await ask(served);
  expect(refused).toMatch(/^500 /);
  expect(refused).toContain('b/strong is cut off: ada took model \\"strong\\" away');
  expect(served.calls.at(-1)?.tries).toEqual([]);
});
