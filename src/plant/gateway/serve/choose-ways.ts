import { frugal } from '../../../core/gateway/budget/frugal.ts';
import { autoPlan, namesIn, own, type Resolved, resolveSlot } from '../../../core/gateway/config/resolve-slot.ts';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import type { KeyGrant } from '../../../core/ports/gateway/virtual-keys.ts';
import type { Way } from '../upstream/candidates.ts';
import type { Ask } from './ask.ts';
import { type Refusal, refusal } from './errors.ts';
import type { Gateway } from './gateway.ts';

type Chosen =
  /** `via` are the names that led there, what was asked for first. */
  | { readonly kind: 'ways'; readonly ways: readonly Way[]; readonly via: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The ways that the owner's configuration has for what was named: beyond a soft limit, those of the cheapest model of a plan. */
export function chooseWays({ inForce, waysFor, budgets, board }: Gateway, { request, grant }: Ask): Chosen {
  const { config } = inForce();
  const { alias, protocol } = request;
  const { slots, otherwise = null } = grant;
  const asked = slots !== null && !slots.includes(alias) ? null : resolveSlot(config, alias);
  const kept = asked !== null && isReplaced(config, grant, alias, asked) ? null : asked;
  const resolved = kept ?? (otherwise === null ? null : resolveSlot(config, otherwise));
  if (resolved === null) {
    const names = slots ?? namesIn(config);
    return no(refusal('unknown', `This key has no model "${alias.slice(0, 120)}". There are: ${names.join(', ')}.`));
  }
  const isTight = resolved.models.length > 1 && budgets.strained(grant.caller).length > 0;
  const models = isTight ? frugal(resolved.models, (model) => own(config.models, model)?.price ?? 'unpriced') : resolved.models;
  const { ways, noWays } = waysFor(models, protocol);
  if (ways.length > 0) return { kind: 'ways', ways: isShown(request) ? seeing(ways, board) : ways, via: resolved.via };
  const why = noWays.map((noWay) => `${noWay.at} ${noWay.why}`).join('; ');
  return no(refusal('server', `Nothing can answer "${alias}" here: ${why}. The owner of the gateway has to mend that.`));
}

/** Whether a plan that was chosen takes the place of what a name leads to. */
function isReplaced({ slots }: GatewayConfig, { chosen }: KeyGrant, alias: string, { plan }: Resolved): boolean {
  if (chosen === undefined) return false;
  return plan === autoPlan || (chosen.slot === null ? own(slots, alias) !== undefined : alias === chosen.slot);
}

function isShown({ asked: { images, references } }: Ask['request']): boolean {
  return images > 0 || references.shows;
}

/** Pictures are for models that see, as long as one of them can be asked; to others they are only named. */
function seeing(ways: readonly Way[], { isUsable }: Gateway['board']): readonly Way[] {
  const some = ways.filter(({ sees }) => sees);
  return some.some(isUsable) ? some : ways;
}

function no(why: Refusal): Chosen {
  return { kind: 'refused', refusal: why };
}
