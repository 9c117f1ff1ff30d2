import type { SessionNote } from '../../../core/gateway/prefix/session-note.ts';
import type { RescueSign } from '../../../core/gateway/routing/difficulty.ts';
import { rescueSigns } from '../../../core/gateway/routing/difficulty.ts';
import type { ToolCall } from '../../../core/gateway/routing/features.ts';
import { upgrade } from '../../../core/gateway/routing/upgrade.ts';
import type { KeptCall } from '../../../core/ports/gateway/call-ledger.ts';
import type { TracedSign } from '../../../core/ports/gateway/model-trace.ts';

/** Signs that an agent is stuck, by what its tools gave so far, with the model that would have gone on had anything been changed for them. */
export function signsIn(toolCalls: readonly ToolCall[], { by, tries }: Pick<KeptCall, 'by' | 'tries'>): readonly TracedSign[] {
  const note = sessionOf(tries);
  const plan = note?.plan ?? [];
  const at = by === null ? -1 : plan.indexOf(by.model);
  return rescueSigns(toolCalls).map((sign): TracedSign => ({ sign, wouldTake: at < 0 ? null : nextModel(plan, at, sign) }));
}

/** What the record says of a call's session; null where it says nothing. */
export function sessionOf(tries: KeptCall['tries']): SessionNote | null {
  return tries[0]?.session ?? null;
}

function nextModel(plan: readonly string[], at: number, sign: RescueSign): string | null {
  const observed = upgrade(plan, at, { kind: 'sign', sign }, []);
  return observed.kind === 'observed' ? observed.wouldTake : null;
}
