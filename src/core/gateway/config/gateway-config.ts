import { z } from 'zod';
import { BudgetRule } from '../budget/budget-rule.ts';
import { KeyRule } from './key-rule.ts';
import { Model } from './model.ts';
import { GatewayName, Provider, SlotName } from './provider.ts';

/** What can be taken away at once. */
export const CutKind = z.enum(['provider', 'vendor', 'region', 'model']);
export type CutKind = z.infer<typeof CutKind>;

const Share = z.number().min(0).max(1);

/** What one line asks of the gateway. */
const LineNeeds = z.strictObject({
  /** It must still finish when any one of these is taken away. */
  mustSurvive: z.array(CutKind).optional(),
  /** Least chance of a right result that a plan is chosen with. */
  quality: Share.optional(),
  /** Greatest chance of a wrong result that is delivered. */
  wrongCap: Share.optional(),
  /** What a right result is worth, in US dollars. */
  valueUsd: z.number().min(0).max(1e6).optional(),
  /** What a minute of validation costs, in US dollars: of the machine, and of whoever waits. */
  minuteUsd: z.number().min(0).max(1e4).optional(),
});
export type LineNeeds = z.infer<typeof LineNeeds>;

/**
 * The `gateway` part of the factory file of its owner. It names keys and where they are sent, so it is never taken from a repository that
 * the factory works on.
 */
export const GatewayConfig = z.strictObject({
  providers: z.record(GatewayName, Provider),
  models: z.record(GatewayName, Model),
  /** What agents name: a slot is filled by a model, a plan, another slot, or `auto`: by whatever plan is chosen for the run. */
  slots: z.record(SlotName, SlotName),
  /** Slots whose simple turns go to whichever of their models answers soonest. */
  simpleTurns: z.array(SlotName).optional(),
  /** Models in the order in which they are tried, each where the one before it did not do. */
  plans: z.record(GatewayName, z.array(GatewayName).min(1).max(3)).optional(),
  /** What stations ask for by their role, where their line names no model; `default` is for all other roles. */
  roles: z.record(GatewayName, SlotName).optional(),
  budgets: z.array(BudgetRule).optional(),
  /** What keys of stations may do, by the name of the station; `default` is for all others. */
  keys: z.record(z.string().min(1).max(200), KeyRule).optional(),
  lines: z.record(z.string().min(1), LineNeeds).optional(),
  /** Whether a model may be asked whose price nobody knows. Budgets in dollars do not hold for it. */
  unpriced: z.enum(['refuse', 'allow']).optional(),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;
