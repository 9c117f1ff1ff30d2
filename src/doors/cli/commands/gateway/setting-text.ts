import type { LiveSetting } from '../../../../core/gateway/config/setting.ts';
import { minute, plain } from '../../page.ts';

/** A setting in words, with who, when and until when. */
export function settingText({ what, until, by, at }: LiveSetting): string {
  const [deed, name] = what.kind === 'swap' ? ['swapped', `${what.slot} -> ${what.to}`] : ['cut off', `${what.cut.kind} ${what.cut.name}`];
  const end = until === null ? 'until it is lifted' : `until ${minute(until)} UTC`;
  return `${deed}: ${plain(name)}  by ${plain(by)}, ${minute(at)} UTC, ${end}`;
}
