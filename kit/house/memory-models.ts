import type { ModelCount, RefusedCalls } from '../../src/core/evidence/model-count.ts';
import type { Admission, ModelAccess } from '../../src/core/ports/gateway/model-access.ts';

/** A gateway that lets everybody in and keeps who that was. */
export interface MemoryModels extends ModelAccess {
  readonly admissions: readonly Admission[];
  /** Workspaces whose keys are good now. */
  readonly open: ReadonlySet<string>;
  /** Runs whose keys were ended. */
  readonly ended: readonly string[];
  /** What the calls of a run came to; nothing where it is not said. */
  readonly came: Map<string, readonly ModelCount[]>;
  /** What budgets refuse in each turn of a station; nothing where it is not said. */
  readonly refusals: Map<string, RefusedCalls>;
  /** Runs whose calls were asked for. */
  readonly counted: readonly string[];
  /** Its slots, by name. */
  readonly slots: Set<string>;
}

export function memoryModels(): MemoryModels {
  const [admissions, ended, counted]: [Admission[], string[], string[]] = [[], [], []];
  const came = new Map<string, readonly ModelCount[]>();
  const refusals = new Map<string, RefusedCalls>();
  const open = new Set<string>();
  const slots = new Set<string>();
  return {
    admissions,
    open,
    ended,
    came,
    refusals,
    counted,
    slots,
    slotOf: (role) => (role !== null && slots.has(role) ? role : null),
    admit: async (admission) => {
      admissions.push(admission);
      open.add(admission.workspace);
      return {
        refused: async () => refusals.get(admission.caller.station) ?? null,
        end: async () => void open.delete(admission.workspace),
      };
    },
    count: async (run) => {
      counted.push(run);
      return came.get(run) ?? null;
    },
    endRun: async (run) => void ended.push(run),
  };
}
