import { JidokaError } from '../../../../core/base/error.ts';
import { meant } from '../../../../core/base/nearest.ts';
import { inUsd } from '../../../../core/gateway/money/micro-usd.ts';
import type { Spend, SpendBy } from '../../../../core/ports/gateway/call-ledger.ts';
import { spendBy } from '../../../../core/ports/gateway/call-ledger.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { sinceOf, sinceOption } from '../since.ts';
import { withStore } from './settings.ts';

/** `jidoka gateway spend`: what calls of models came to, from the record of the gateways. */
export const gatewaySpend: CommandRecord = {
  path: ['gateway', 'spend'],
  summary: 'what calls of models cost, and what caching saved',
  arguments: [],
  options: [
    { flags: '--run <run>', description: 'only calls of this run' },
    sinceOption('calls'),
    { flags: '--by <list>', description: `what to sum by, with commas between: ${spendBy.join(', ')}` },
    jsonOption,
  ],
  examples: ['gateway spend', 'gateway spend --run deps-ms-1', 'gateway spend --by day,model --since 2026-11-01'],
  run: async (call) => {
    const [by, filter] = [byOf(call), filterOf(call)];
    const { rows, total } = await withStore(call, async ({ calls }) => {
      const [sums, [all = null]] = [await calls.spend(by, filter), await calls.spend([], filter)];
      return { rows: sums, total: all };
    });
    return {
      exitCode: 0,
      document: { by, rows, total },
      text: (page) => (total === null ? noneText(call.text('run')) : spendText(by, rows, total, page)),
    };
  },
};

function byOf(call: Call): readonly SpendBy[] {
  const text = call.text('by') ?? (call.text('run') === null ? 'run,model' : 'stage,station,model');
  return text.split(',').map((name) => {
    const found = spendBy.find((one) => one === name.trim());
    if (found !== undefined) return found;
    throw new JidokaError('usage', `Nothing is summed by "${name}".`, { mend: meant(name, spendBy) });
  });
}

function filterOf(call: Call): { readonly run?: string; readonly since?: string } {
  const run = call.text('run');
  return { ...(run !== null && { run }), ...sinceOf(call) };
}

function noneText(run: string | null): string {
  if (run === null) return 'No call of a model is on record here. A gateway with --home or --database takes calls down.';
  return `No call of a model is on record for "${plain(run)}": it asked none, or \`jidoka runs\` has no run of that name.`;
}

function spendText(by: readonly SpendBy[], rows: readonly Spend[], total: Spend, page: Page): string {
  const columns = [...by.map((name) => ({ title: name.toUpperCase(), flexible: true })), ...counts.map((title) => ({ title }))];
  const lines = rows.map((row) => [...by.map((name) => plain(row.of[name] ?? '-')), ...countsOf(row)]);
  const { cost, saved, estimatedCalls } = total;
  const notes = [
    `${inUsd(cost.microUsd)} in ${total.calls} calls; caching saved ${inUsd(saved)}.`,
    ...(cost.asOf === null ? [] : [`Prices as of ${cost.asOf} or later.`]),
    ...(cost.unpricedCalls === 0 ? [] : [`${cost.unpricedCalls} of them have no price and are in no sum of money.`]),
    ...(estimatedCalls === 0 ? [] : [`Tokens of ${estimatedCalls} are a guess: their provider told nothing of them, or not yet all.`]),
  ];
  return `${table(columns, lines, page)}\n\n${notes.join(' ')}`;
}

const counts = ['CALLS', 'INPUT', 'CACHE READ', 'CACHE WRITE', 'OUTPUT', 'COST', 'SAVED', 'PRICES'] as const;

function countsOf({ calls, usage, cost, saved }: Spend): readonly string[] {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = usage;
  const money = cost.unpricedCalls === calls ? 'unpriced' : `${inUsd(cost.microUsd)}${cost.unpricedCalls > 0 ? '+?' : ''}`;
  const tokens = [input, cacheRead, cacheWrite5m + cacheWrite1h, output + reasoning];
  return [calls, ...tokens].map(String).concat(money, inUsd(saved), cost.asOf ?? '-');
}
