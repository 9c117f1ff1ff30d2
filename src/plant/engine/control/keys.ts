import { JidokaError } from '../../../core/base/error.ts';
import type { NewLimit } from '../../../core/ports/control.ts';

const limitKey = /^(global|(queue|line|repository|station|provider|review):(\*|[^\s*\p{Cc}]+))$/u;
const pauseScope = /^(factory|(line|queue):[^\s*\p{Cc}]+)$/u;

/** Throws `limit-invalid` for a limit that cannot be meant. */
export function checkLimit({ key, atOnce, rate }: NewLimit): void {
  if (!limitKey.test(key)) {
    throw invalid(
      `"${key}" is no key of a limit.`,
      'Write global, or queue:, line:, repository:, station:, provider: or review: with a name or *: line:deps.',
    );
  }
  if (atOnce !== null && !isCount(atOnce)) throw invalid(`${key} cannot have ${atOnce} slots.`, 'Give a whole number from 0 on.');
  if (rate === null) return;
  if (key.startsWith('review:')) throw invalid(`${key} has no rate: it limits what waits, not what starts.`, 'Give a number of results.');
  if (!isCount(rate.count) || !(rate.seconds > 0) || !Number.isFinite(rate.seconds)) {
    throw invalid(`${key} cannot have ${rate.count} starts in ${rate.seconds} s.`, 'Give a whole number of starts and a time above 0.');
  }
}

/** Throws `limit-invalid` for a scope that nothing can carry. */
export function checkScope(scope: string): void {
  if (pauseScope.test(scope)) return;
  throw invalid(`"${scope}" cannot be paused.`, 'Write factory, or line: or queue: with a name: line:deps.');
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 1_000_000;
}

function invalid(message: string, mend: string): JidokaError {
  return new JidokaError('limit-invalid', message, { mend });
}
