import type { UpstreamRest } from '../../../../core/ports/gateway/upstream-health.ts';
import { minute } from '../../page.ts';

const reasons: Readonly<Record<UpstreamRest['why'], string>> = {
  failed: 'failed again and again',
  rests: 'asked for rest',
  cut: 'refused the key, the account or the model',
};

/** Why an upstream is left alone, in words that go on after its name. */
export function restText({ why, by, since, until, tried }: UpstreamRest): string {
  const end = tried ? 'tried just now whether it is well again' : `left alone until ${seconds(until)} UTC, and then tried by one request`;
  return `${reasons[why]}: ${end}; found by ${by}, ${minute(since)} UTC`;
}

function seconds(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
