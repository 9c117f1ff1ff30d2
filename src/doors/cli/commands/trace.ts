import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import { inUsd } from '../../../core/gateway/money/micro-usd.ts';
import { allTokens } from '../../../core/gateway/money/usage.ts';
import type { TracedCall, TracedPart, TracedSign } from '../../../core/ports/gateway/model-trace.ts';
import { type Call, type CommandRecord, jsonOption, runArgument } from '../command.ts';
import { type Page, plain } from '../page.ts';
import { withFactory } from '../with-factory.ts';
import { withStore } from './gateway/settings.ts';

/** `jidoka trace`: what a run's agents saw and said, as the gateway took it down. */
export const trace: CommandRecord = {
  path: ['trace'],
  summary: "what a run's agents saw and said, from the record of its model calls",
  arguments: [runArgument],
  options: [
    { flags: '--stage <stage>', description: 'only calls of this stage' },
    { flags: '--tape <file>', description: 'write the record as a tape: `jidoka twin model --replay FILE` answers by it, word for word' },
    { flags: '--whole', description: 'nothing is shortened' },
    jsonOption,
  ],
  examples: ['trace bug-crash-1f0c9a2b', 'trace bug-crash-1f0c9a2b --stage change --tape change.jsonl'],
  run: async (call) => {
    const run = await withFactory(call, async (factory) => (await factory.show(call.arguments[0] ?? '')).summary.run);
    const stage = call.text('stage');
    const filter = { run, ...(stage !== null && { stage }) };
    const file = call.text('tape');
    return await withStore(call, async (store) => {
      const [first] = await store.calls.calls({ ...filter, limit: 1 });
      if (first === undefined) throw nothingTaken(run, stage);
      if (file === null) {
        const calls = await all(store.trace(filter));
        return { exitCode: 0, document: { run, calls }, text: (page) => traceText(calls, call.flag('whole'), page) };
      }
      const lines = await all(store.tape(filter));
      await written(resolve(call.world.cwd, file), lines, call);
      return {
        exitCode: 0,
        document: { run, tape: file, entries: lines.length },
        text: () => `${lines.length} calls are in ${plain(file)}.`,
      };
    });
  },
};

async function all<T>(some: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of some) found.push(one);
  return found;
}

async function written(path: string, lines: readonly string[], call: Call): Promise<void> {
  try {
    await writeFile(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('usage', `--tape ${call.text('tape')} cannot be written: ${why}.`, {
      mend: 'Give a path that can be written.',
      cause,
    });
  }
}

function nothingTaken(run: string, stage: string | null): JidokaError {
  const of = stage === null ? run : `stage "${stage}" of ${run}`;
  return new JidokaError('run-unknown', `No call of a model is on record for ${of}.`, {
    mend:
      stage === null
        ? "Calls are taken down by the factory's own gateway: see docs/GATEWAY.md."
        : `It asked none, or there is no stage of that name: \`jidoka show ${run}\` has those of the run.`,
  });
}

/** Characters of one part that are shown. */
const shown = 600;

function traceText(calls: readonly TracedCall[], isWhole: boolean, page: Page): string {
  return calls.flatMap((call) => callLines(call, isWhole, page)).join('\n');
}

function callLines(
  { call, session, conversation, system, heard, said, trouble, stuck }: TracedCall,
  isWhole: boolean,
  page: Page,
): string[] {
  const { paint } = page;
  const { caller, by, alias, at, usage, cost, estimated, ms } = call;
  const price = by === null ? 'no model was asked' : cost.kind === 'priced' ? inUsd(cost.microUsd) : 'no price';
  const who = `${caller.stage ?? '-'} · ${caller.station} · conversation ${conversation}`;
  const what = `${alias}${by === null ? '' : ` by ${by.at}`}, ${estimated ? 'about ' : ''}${allTokens(usage)} tokens, ${price}, ${Math.round(ms)} ms`;
  const parts = [...(system === null ? [] : [{ by: 'system', kind: 'text', name: null, text: system } as const]), ...heard, ...said];
  return [
    paint.bold(plain(`${new Date(at).toISOString().slice(11, 19)}  ${who}`)),
    paint.dim(plain(`          ${what}`)),
    ...sessionLines(session).map((line) => paint.dim(plain(`          ${line}`))),
    ...parts.map((part) => partText(part, isWhole, page)),
    ...(trouble === null ? [] : [`  ${paint.yellow('!')} ${plain(trouble)}`]),
    ...stuck.map((sign) => `  ${paint.yellow('!')} ${plain(signText(sign))}`),
  ];
}

/** What is worth telling of a call's session: that it was asked elsewhere than before, or lost what was cached. */
function sessionLines(session: TracedCall['session']): readonly string[] {
  if (session === null) return [];
  const { pinned, cached, switched, simple, cacheLost } = session;
  const takes = switched?.takes == null ? '' : `, which is taken to cost ${inUsd(switched.takes)}`;
  return [
    ...(switched === null ? [] : [`left ${pinned ?? 'its upstream'} with ${cached} tokens in its cache${takes}: ${switched.sentence}`]),
    ...(simple ? ['a simple turn, for the fastest model'] : []),
    ...(cacheLost ? ['the cache of its prompt was lost'] : []),
  ];
}

const signTexts: Readonly<Record<TracedSign['sign'], string>> = {
  'same-command-fails': 'the same command failed three times',
  'red-for-long': 'the last eight calls of tools failed',
  'edit-undone': 'an edit was undone',
};

function signText({ sign, wouldTake }: TracedSign): string {
  const would = wouldTake === null ? 'no other model of the slot could have gone on' : `${wouldTake} would have gone on`;
  return `looks stuck: ${signTexts[sign]}; nothing was changed, ${would}`;
}

function partText({ by, kind, name, text }: TracedPart, isWhole: boolean, { paint }: Page): string {
  const head = kind === 'text' ? by : `${by} ${kind}${name === null ? '' : ` ${name}`}`;
  const short = isWhole || text.length <= shown ? text : `${text.slice(0, shown)} … (${text.length} characters)`;
  return `  ${paint.cyan(plain(head))}: ${short.split('\n').map(plain).join('\n    ')}`;
}
