import { upperPromptTokens } from '../../../core/gateway/money/upper-estimate.ts';
import type { Usage } from '../../../core/gateway/money/usage.ts';
import type { AskedBody } from '../body/asked.ts';
import type { Told } from '../lane/lane.ts';
import { longestRun } from '../translate/answer/event.ts';
import type { Counting } from '../translate/answer/told-usage.ts';
import type { Way } from '../upstream/candidates.ts';
import type { Ahead } from '../upstream/order-for.ts';

/** Tokens of a call, and whether some of them are a guess. */
export interface Counted {
  readonly usage: Usage;
  readonly estimated: boolean;
}

/** How much was asked for, and of a model of what size. */
export interface Asked {
  readonly ahead: Ahead;
  readonly body: { readonly length: number };
  readonly asked: Pick<AskedBody, 'imageBytes' | 'images'>;
}
type Size = Pick<Way, 'window' | 'output'>;

/** Text has three to four characters for a token. */
const charactersPerToken = 3.6;

/**
 * The tokens that a call is charged for: those that its upstream told. Where it told of none, of some that no model has had, or of fewer
 * than what it said, or where the answer ended before that, what was sent and what was said is counted instead, up to the longest answer
 * that was reserved: the upstream bills it too.
 */
export function countedFor(request: Asked, way: Size, told: Pick<Told, 'usage' | 'said'>, isWhole: boolean): Counted {
  const { estimated: isSentGuessed, ...sent } = sentFor(request, way, told.usage);
  const { estimated: isSaidGuessed, ...said } = saidFor(request, way, told, isWhole);
  return { usage: { ...sent, ...said }, estimated: isSentGuessed || isSaidGuessed };
}

/** What the caller hears of the tokens of a whole answer: the same as the record has, a guess too, as agents forget by it what is long ago. */
export function countingFor(request: Asked, way: Size): Counting {
  return (told) => {
    const { usage, estimated } = countedFor(request, way, told, true);
    if (!estimated) return told.usage;
    const { input, cacheRead, cacheWrite5m, cacheWrite1h: cacheWriteHour, output, reasoning } = usage;
    const cacheWrite = cacheWrite5m + cacheWriteHour;
    return { input, cacheRead, cacheWrite, cacheWriteHour, output: output + reasoning, reasoning, untold: [] };
  };
}

/** Tokens that all answers of a call may have: no provider writes, nor bills, more. */
export function mostOutput({ maxOutput, answers }: Ahead, { output }: Pick<Way, 'output'>): number {
  return Math.min(maxOutput ?? output, output) * answers;
}

/**
 * Tokens beyond so many times what a model holds are no count. Windows that an owner wrote down may be too small, and tools that a
 * provider runs itself read a prompt some times over.
 */
const slack = 10;

type Sent = Omit<Usage, 'output' | 'reasoning'> & { readonly estimated: boolean };

function sentFor({ ahead, body, asked }: Asked, { window }: Size, told: Told['usage']): Sent {
  if (told !== null && !told.untold.includes('input')) {
    const { input, cacheRead, cacheWrite, cacheWriteHour: cacheWrite1h } = told;
    const cacheWrite5m = Math.max(0, cacheWrite - cacheWrite1h);
    const most = slack * upperPromptTokens({ ...ahead, window, maxOutput: 0 });
    if (input + cacheRead + cacheWrite5m + cacheWrite1h <= most) return { input, cacheRead, cacheWrite5m, cacheWrite1h, estimated: false };
  }
  const input = Math.ceil((body.length - asked.imageBytes) / charactersPerToken) + asked.images * 1500;
  return { input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, estimated: true };
}

type Said = Pick<Usage, 'output' | 'reasoning'> & { readonly estimated: boolean };

function saidFor({ ahead }: Asked, way: Size, { usage, said }: Pick<Told, 'usage' | 'said'>, isWhole: boolean): Said {
  const heard = Math.min(Math.ceil(said / charactersPerToken), mostOutput(ahead, way));
  const most = slack * Math.max(way.window, way.output) * ahead.answers;
  if (usage === null || usage.output > most) return { output: heard, reasoning: 0, estimated: true };
  const reasoning = Math.min(usage.reasoning, usage.output);
  const output = usage.output - reasoning;
  if (isWhole && !usage.untold.includes('output') && (usage.output >= heard || isCountOf(usage.output, said)))
    return { output, reasoning, estimated: false };
  return { output: Math.max(output, heard), reasoning, estimated: true };
}

/**
 * A token has four characters of prose, some eight of programs with wide margins, and at most those of one run in a table that is drawn:
 * what has more for each, over some length, was not counted.
 */
const mostCharactersPerToken = longestRun + 4;
/** What is shorter may be made of unusually long tokens alone. */
const shortAnswer = 2000;

/** Whether so many tokens may have been said in so many characters; nothing is said with none. */
function isCountOf(tokens: number, characters: number): boolean {
  if (characters <= shortAnswer) return tokens > 0 || characters === 0;
  return tokens * mostCharactersPerToken >= characters;
}
