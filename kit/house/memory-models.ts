import type { Admission, ModelAccess } from '../../src/core/ports/gateway/model-access.ts';

/** A gateway that lets everybody in and keeps who that was. */
export interface MemoryModels extends ModelAccess {
  readonly admissions: readonly Admission[];
  /** Workspaces whose keys are good now. */
  readonly open: ReadonlySet<string>;
  /** Runs whose keys were ended. */
  readonly ended: readonly string[];
  /** Its slots, by name. */
  readonly slots: Set<string>;
}

export function memoryModels(): MemoryModels {
  const [admissions, ended]: [Admission[], string[]] = [[], []];
  const open = new Set<string>();
  const slots = new Set<string>();
  return {
    admissions,
    open,
    ended,
    slots,
    slotOf: (role) => (role !== null && slots.has(role) ? role : null),
    admit: async (admission) => {
      admissions.push(admission);
      open.add(admission.workspace);
      return { end: async () => void open.delete(admission.workspace) };
    },
    count: async () => null,
    endRun: async (run) => void ended.push(run),
  };
}
