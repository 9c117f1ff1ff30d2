import { JidokaError } from '../../../../core/base/error.ts';
import type { CutOff, OpenRun } from '../../../../core/gateway/cutoff/cut-off.ts';
import type { LiveSetting } from '../../../../core/gateway/config/setting.ts';
import type { Cut } from '../../../../core/gateway/cutoff/cut.ts';
import type { Drill } from '../../../../core/gateway/cutoff/drill.ts';
import type { LineUse } from '../../../../core/gateway/cutoff/line-use.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import type { Page } from '../../page.ts';
import { configOption } from '../gateway/settings.ts';
import { cutOffText, drillText, liveText } from './cutoff-text.ts';
import { gatewayConfigOf, linesOf, momentOf } from './sources.ts';

/** `jidoka cutoff`: what stops, and what falls back to what, when somebody takes models away. */
export const cutoff: CommandRecord = {
  path: ['cutoff'],
  summary: 'what stops or falls back without a provider, vendor, region or model',
  arguments: [{ syntax: '[line-files...]', description: 'line files of your own, beside the lines that come with jidoka' }],
  options: [
    configOption,
    { flags: '--provider <name>', description: 'take this provider away' },
    { flags: '--vendor <name>', description: 'take all providers of this vendor away' },
    { flags: '--region <name>', description: 'take all providers in this region away' },
    { flags: '--model <name>', description: 'take this model away, by its name here or at a provider' },
    { flags: '--live', description: 'take it away from the gateways that run, and watch the lines that must survive finish' },
    { flags: '--for <time>', description: 'with --live, for so long at most, as in 30m or 2h; 10m where nothing is said' },
    jsonOption,
  ],
  examples: [
    'cutoff --config factory.yaml --provider anthropic',
    'cutoff --config factory.yaml --vendor anthropic --live --for 30m',
    'cutoff --config factory.yaml    # each in turn; exit code 3 where a line must survive and does not',
  ],
  run: async (call) => {
    const began = performance.now();
    const cut = cutOf(call);
    if (call.text('for') !== null && !call.flag('live')) throw nothingTaken();
    const { config, uses, runs, settings } = await surveyed(call);
    const { cutOff } = await import('../../../../core/gateway/cutoff/cut-off.ts');
    const { drill } = await import('../../../../core/gateway/cutoff/drill.ts');
    const on = { uses, open: runs ?? [], settings };
    const survey = (): Survey => ({ runs, settings, ms: Math.round(performance.now() - began) });
    if (cut === null && call.flag('live')) throw nothingNamed();
    if (cut === null) return drilled(drill(config, on), survey());
    const found = cutOff(config, cut, on);
    if (!call.flag('live')) return answered(found, survey());
    return found.faults.length > 0 ? refusedBeforehand(found, survey()) : await shown(call, found);
  },
};

const kinds = ['provider', 'vendor', 'region', 'model'] as const;

/** The one thing that is taken away; null for everything in turn. */
function cutOf(call: Call): Cut | null {
  const cuts = kinds.flatMap((kind): Cut[] => {
    const name = call.text(kind);
    return name === null ? [] : [{ kind, name }];
  });
  const [cut = null, other] = cuts;
  if (cut === null || other === undefined) return cut;
  throw new JidokaError('usage', `--${cut.kind} and --${other.kind} were both given.`, {
    mend: 'Take one thing away at a time, or give none of these options for each in turn.',
  });
}

async function surveyed(call: Call) {
  const [config, lines, moment] = await Promise.all([gatewayConfigOf(call), linesOf(call), momentOf(call)]);
  const { lineUse } = await import('../../../../core/gateway/cutoff/line-use.ts');
  const uses: readonly LineUse[] = lines.map((line) => lineUse(line, config));
  const runs: readonly OpenRun[] | null =
    moment && moment.owing.map(({ run, line, owed, plans }) => ({ run, line, owed: owed && lineUse(owed, config, plans).stages }));
  return { config, uses, runs, settings: moment?.settings ?? [] };
}

function nothingTaken(): JidokaError {
  return new JidokaError('usage', '--for was given without --live: nothing is taken away, so for no time.', {
    mend: 'Add --live to take it away from the gateways that run, or leave --for out.',
  });
}

function nothingNamed(): JidokaError {
  return new JidokaError('usage', '--live was given, and nothing to cut off.', {
    mend: 'Say what: --provider, --vendor, --region or --model.',
  });
}

/** What was shown live, with an exit code of 3 where a line that must survive failed, or was not seen to finish. */
async function shown(call: Call, found: CutOff) {
  const { cutLive } = await import('./cutoff-live.ts');
  const live = await cutLive(call, found);
  return {
    exitCode: live.lines.every((line) => line.shown === 'finishes') ? 0 : 3,
    document: { ...found, live },
    text: (page: Page) => liveText(live, page),
  };
}

/** A line that must survive would stop, which nobody has to try. */
function refusedBeforehand(found: CutOff, survey: Survey) {
  const { text, document, exitCode } = answered(found, survey);
  const why = 'Nothing was cut off: a line that must survive would stop. Give it a fallback first.';
  return { exitCode, document: { ...document, live: null }, text: (page: Page) => `${text(page)}\n\n${why}` };
}

interface Survey {
  /** null where there was no ledger to look into. */
  readonly runs: readonly OpenRun[] | null;
  readonly settings: readonly LiveSetting[];
  readonly ms: number;
}

function answered(found: CutOff, { runs, settings, ms }: Survey) {
  return {
    exitCode: found.faults.length === 0 ? 0 : 3,
    document: { ...found, runs: runs && found.runs, settings, ms },
    text: (page: Page) => cutOffText(found, { isLedger: runs !== null, settings, ms }, page),
  };
}

function drilled(found: Drill, { runs, settings, ms }: Survey) {
  return {
    exitCode: found.faults.length === 0 ? 0 : 3,
    document: { ...found, settings, ms },
    text: (page: Page) => drillText(found, { isLedger: runs !== null, settings, ms }, page),
  };
}
