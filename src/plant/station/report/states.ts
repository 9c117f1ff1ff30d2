import type { TaskPacket } from '../../../core/packet/packet.ts';
import { reportForms, type ReportForm } from '../../../core/station/report.ts';

export type NoOpRules = TaskPacket['noOpRules'];

/** The states that a report of a form may have. Where no rule says when nothing is owed, nobody can say by which it is. */
export function statesOf(form: ReportForm, rules: NoOpRules): readonly string[] {
  const states = reportForms[form].options.map(({ shape }) => shape.state.value);
  return states.filter((state) => state !== 'NO_OP' || rules.length > 0);
}
