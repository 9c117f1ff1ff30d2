import { JidokaError } from '../../../../core/base/error.ts';
import type { ServeOffer } from '../../../../core/ports/factory.ts';
import type { Call, OptionRecord } from '../../command.ts';

/** Options that say what a worker takes. */
export const offerOptions: readonly OptionRecord[] = [
  { flags: '--at-once <n>', description: 'stages to do at once', preset: '2' },
  { flags: '--queues <list>', description: 'queues to serve, with commas between; without it, all' },
  { flags: '--labels <list>', description: 'labels it has, with commas between: gpu,linux' },
];

/** Reads what a worker offers. Throws `usage`. */
export function offerOf(call: Call, name: string | null): ServeOffer {
  const [queues, labels] = [call.text('queues'), call.text('labels')];
  return {
    name,
    queues: queues === null ? null : namesOf(queues, '--queues'),
    labels: labels === null ? [] : namesOf(labels, '--labels'),
    atOnce: numberOf(call, 'at-once', { least: 1, most: 1000 }),
  };
}

/** Reads a whole number. Throws `usage`. */
export function numberOf(call: Call, option: string, { least, most }: { readonly least: number; readonly most: number }): number {
  const text = call.text(option) ?? '';
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new JidokaError('usage', `--${option} ${text} is no number from ${least} to ${most}.`, {
    mend: `Give a whole number: --${option} ${least}.`,
  });
}

export function offerText({ queues, labels, atOnce }: ServeOffer): string {
  const what = queues === null ? 'all queues' : `queue ${queues.join(', ')}`;
  return `${what}${labels.length === 0 ? '' : ` with labels ${labels.join(', ')}`}, ${atOnce} at once`;
}

function namesOf(text: string, option: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new JidokaError('usage', `${option} "${text}" has an empty name.`, { mend: `Give names with commas between: ${option} a,b.` });
}
