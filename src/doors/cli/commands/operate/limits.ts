import { JidokaError } from '../../../../core/base/error.ts';
import type { Limit, NewLimit, Usage } from '../../../../core/ports/control.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';
import { acting, tokenOption } from '../acting.ts';

/** `jidoka limits`: what is limited, and how much of it is taken. */
export const limits: CommandRecord = {
  path: ['limits'],
  summary: 'list the limits and what is taken of them',
  arguments: [],
  options: [jsonOption],
  examples: ['limits'],
  run: async (call) => {
    const status = await withFactory(call, (factory) => factory.operations.status());
    const { limits: set, usage } = status;
    return { exitCode: 0, document: { limits: set, usage }, text: (page) => limitsText(set, usage, page) };
  },
};

/** `jidoka limit`: sets the limit of a key, or takes it away. */
export const limit: CommandRecord = {
  path: ['limit'],
  summary: 'set a limit while the factory runs; what is not given is not limited',
  arguments: [
    {
      syntax: '<key>',
      description:
        'global, line:deps, repository:*, queue:stages, station:NAME, provider:NAME, review:LINE; * is for each that has none of its own',
    },
  ],
  options: [
    { flags: '--at-once <n>', description: 'how many at once; 0 lets nothing through' },
    { flags: '--rate <n/time>', description: 'how many starts in a time: 30/1h, 5/10m' },
    { flags: '--none', description: 'take the limit away' },
    tokenOption,
    jsonOption,
  ],
  examples: ['limit global --at-once 4', 'limit provider:anthropic --at-once 2 --rate 30/1h', 'limit line:deps --none'],
  run: async (call) => {
    const wanted = limitOf(call);
    await acting(call, (factory, actor) => factory.operations.setLimit(wanted, actor));
    return { exitCode: 0, document: wanted, text: () => `${wanted.key}: ${limitText(wanted)}.` };
  },
};

/** Lays out limits with their use. */
export function limitsText(set: readonly Limit[], usage: readonly Usage[], page: Page): string {
  if (set.length === 0) return 'Nothing is limited. `jidoka limit global --at-once 4` sets a limit.';
  const columns = [
    { title: 'KEY' },
    { title: 'AT ONCE' },
    { title: 'TAKEN' },
    { title: 'RATE' },
    { title: 'STARTED' },
    { title: 'SET BY' },
  ];
  const rows = set.map(({ key, atOnce, rate, by }) => {
    const used = usage.find((use) => use.key === key);
    return [
      plain(key),
      atOnce === null ? '' : String(atOnce),
      String(used?.taken ?? 0),
      rateText(rate),
      rate === null ? '' : String(used?.started ?? 0),
      by,
    ];
  });
  return table(columns, rows, page);
}

function limitOf(call: Call): Omit<NewLimit, 'by'> {
  const [key = ''] = call.arguments;
  const [atOnce, rate] = [call.text('at-once'), call.text('rate')];
  const given = atOnce !== null || rate !== null;
  if (given === call.flag('none'))
    throw new JidokaError('usage', given ? '--none was given together with a limit.' : 'No limit was given.', {
      mend: 'Give --at-once, --rate or both; or --none to take the limit away.',
    });
  return { key, atOnce: atOnce === null ? null : countOf(atOnce), rate: rate === null ? null : rateOf(rate) };
}

function countOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new JidokaError('limit-invalid', `--at-once ${text} is no count.`, { mend: 'Give a whole number from 0 on, as in --at-once 4.' });
}

const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

function rateOf(text: string): NewLimit['rate'] {
  const [, count, times, unit] = /^(\d{1,6})\/(\d{0,4})([smhd])$/.exec(text) ?? [];
  const seconds = times === '0' || !isUnit(unit) ? 0 : Number(times === '' ? 1 : times) * secondsOf[unit];
  if (count !== undefined && seconds > 0) return { count: Number(count), seconds };
  throw new JidokaError('limit-invalid', `--rate ${text} is no rate.`, { mend: 'Give a count and a time in s, m, h or d: --rate 30/1h.' });
}

function isUnit(text: string | undefined): text is keyof typeof secondsOf {
  return text !== undefined && text in secondsOf;
}

function limitText({ atOnce, rate }: Omit<NewLimit, 'by'>): string {
  const parts = [...(atOnce === null ? [] : [`${atOnce} at once`]), ...(rate === null ? [] : [`${rateText(rate)} started`])];
  return parts.length === 0 ? 'no longer limited' : parts.join(', ');
}

function rateText(rate: NewLimit['rate']): string {
  if (rate === null) return '';
  const unit = (['d', 'h', 'm'] as const).find((each) => rate.seconds % secondsOf[each] === 0) ?? 's';
  return `${rate.count}/${rate.seconds / secondsOf[unit]}${unit}`;
}
