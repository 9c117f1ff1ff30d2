import { assertNever } from '../../../core/base/assert-never.ts';
import type { ToolKind } from '../../../core/station/session-event.ts';
import type { ToolReach } from '../../../core/station/role.ts';
import { listAt, textAt } from '../foreign.ts';

/** What an agent is answered that asks for leave, in the words of the protocol. */
export interface Leave {
  readonly answer: 'granted' | 'refused';
  readonly outcome: { readonly outcome: 'selected'; readonly optionId: string } | { readonly outcome: 'cancelled' };
}

/** Answers by what the role may touch. Nobody else is asked: the walls of the floor stand whatever is granted. */
export function leaveFor(kind: ToolKind, reach: ToolReach, options: unknown): Leave {
  const granted = allows(reach, kind);
  const wanted = granted ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const offered = listAt(options).map((option) => ({ id: textAt(option, 'optionId'), kind: textAt(option, 'kind') }));
  const [chosen] = wanted.flatMap((name) => offered.filter((option) => option.kind === name && option.id !== ''));
  if (chosen === undefined) return { answer: 'refused', outcome: { outcome: 'cancelled' } };
  return { answer: granted ? 'granted' : 'refused', outcome: { outcome: 'selected', optionId: chosen.id } };
}

const looking: readonly ToolKind[] = ['read', 'search', 'think', 'report'];
const changing: readonly ToolKind[] = [...looking, 'edit', 'delete', 'move'];

function allows(reach: ToolReach, kind: ToolKind): boolean {
  switch (reach) {
    case 'read':
      return looking.includes(kind);
    case 'edit':
      return changing.includes(kind);
    case 'all':
      return true;
    default:
      return assertNever(reach);
  }
}
