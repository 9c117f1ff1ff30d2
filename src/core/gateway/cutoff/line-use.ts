import type { Line, Stage } from '../../line/line.ts';
import { isByStation, modelNamed, playedBy, programStations, stationsOf } from '../../line/stations.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { own } from '../config/resolve-slot.ts';
import { slotOfRole } from '../config/slot-of-role.ts';

/** By which name a station asks the gateway for a model, if it does. */
export type Asks =
  | { readonly kind: 'slot'; readonly slot: string }
  | { readonly kind: 'nothing' }
  /** Nobody said it, so nobody can say what becomes of it. */
  | { readonly kind: 'unsaid'; readonly why: string };

/** One station that may do a stage. */
export interface StationUse {
  readonly station: string;
  readonly asks: Asks;
}

/** A stage that stations do, with its stations in the order in which they are tried. */
export interface StageUse {
  readonly stage: string;
  /** Where no station can do it, the run goes on without. */
  readonly isOptional: boolean;
  readonly stations: readonly StationUse[];
}

/** Names of models, with commas between, that a run asks by in the place of a slot because a plan was chosen. */
export interface ChosenPlans {
  /** What a person chose for all changes, those of sub-runs too; null where nobody did. */
  readonly ofChanges: string | null;
  /** What was chosen for a stage, and is left of it, by id. */
  readonly ofStages: Readonly<Record<string, string>>;
}

const noPlans: ChosenPlans = { ofChanges: null, ofStages: {} };

/** What a line asks of the gateway. */
export interface LineUse {
  readonly line: string;
  readonly stages: readonly StageUse[];
}

/**
 * What the stations of a line, and of the lines in it, ask models by: `model:NAME` by that name, an agent by the model of its
 * role, or by the slot that the owner gave its role, or by the plan that was chosen for a run; of a program nobody can say.
 *
 * @example
 * lineUse(line, config).stages[0]; // { stage: 'change', isOptional: false, stations: [{ station: 'codex', asks: … }] }
 */
export function lineUse(line: Line, config: Named, plans: ChosenPlans = noPlans): LineUse {
  return { line: line.name, stages: stagesOf(line, config, { plans, within: '' }) };
}

type Named = Pick<GatewayConfig, 'roles' | 'slots'>;

function stagesOf(
  line: Line,
  config: Named,
  { plans, within }: { readonly plans: ChosenPlans; readonly within: string },
): readonly StageUse[] {
  return line.stages.flatMap((stage): readonly StageUse[] => {
    const inner = line.lines?.find(({ name }) => name === stage.runs?.line);
    if (inner !== undefined) return stagesOf(inner, config, { plans: { ...plans, ofStages: {} }, within: `${within}${stage.id}/` });
    const plan = own(plans.ofStages, stage.id) ?? (stage.does === 'change' ? plans.ofChanges : null);
    const stations = isByStation(stage)
      ? stationsOf(stage).map((station) => ({ station, asks: asksOf(station, stage, plan ?? slotFor(stage, line, config)) }))
      : [];
    return stations.length === 0 ? [] : [{ stage: `${within}${stage.id}`, isOptional: stage.optional === true, stations }];
  });
}

/** Its key opens all that the owner configured; its role's slot is only where names lead that are none of those. */
const programAsks = 'It is a program of yours, and may ask for any slot, plan and model of the configuration, whatever slot its role has.';

function slotFor({ role }: Stage, { roles = [] }: Line, config: Named): string | null {
  return slotOfRole(roles.find(({ name }) => name === role) ?? null, config);
}

function asksOf(station: string, { role }: Stage, slot: string | null): Asks {
  const named = modelNamed(station);
  if (named !== null) return { kind: 'slot', slot: named };
  if (station === 'mechanic' || playedBy(station) !== null) return { kind: 'nothing' };
  if (programStations.includes(station)) return { kind: 'unsaid', why: programAsks };
  if (slot !== null) return { kind: 'slot', slot };
  return {
    kind: 'unsaid',
    why: `It asks models by names of its own: give its role a slot, as in "roles: { ${role ?? 'default'}: SLOT }".`,
  };
}
