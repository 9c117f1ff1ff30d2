import type { Complaint } from '../../base/complaint.ts';
import { meant } from '../../base/nearest.ts';
import { capsOfRule, turnedRound } from '../budget/budget-rule.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { partsOf, upstreamsOf } from './model.ts';
import type { Provider } from './provider.ts';
import { priceComplaints } from './price-rules.ts';
import { autoPlan, namesIn, own } from './resolve-slot.ts';

/** What the schema cannot say: names lead somewhere, providers can be spoken to, prices and limits make sense. */
export function gatewayComplaints(config: GatewayConfig): readonly Complaint[] {
  return [
    ...providerComplaints(config),
    ...upstreamComplaints(config),
    ...priceComplaints(config),
    ...ambiguous(config),
    ...planComplaints(config),
    ...slotComplaints(config),
    ...roleComplaints(config),
    ...simpleTurnComplaints(config),
    ...budgetComplaints(config),
    ...keyComplaints(config),
  ];
}

function providerComplaints({ providers }: GatewayConfig): Complaint[] {
  return Object.entries(providers).flatMap(([name, provider]): Complaint[] => {
    const { protocols = [], base, package: speaks } = provider;
    const path = ['providers', name];
    if (speaks !== undefined && (base !== undefined || protocols.length > 0))
      return [
        wrong(
          [...path, 'package'],
          `Provider "${name}" has a package and an address.`,
          'Keep one of the two; a package is told an address of its own as "options: { baseURL: … }".',
        ),
      ];
    const told = (['options', 'secrets'] as const).filter((part) => provider[part] !== undefined);
    if (speaks !== undefined) return told.flatMap((part) => optionComplaints(provider, part, path));
    const [idle] = told;
    if (idle !== undefined)
      return [wrong([...path, idle], `Provider "${name}" has "${idle}" and no package that is told of them.`, 'Add "package:".')];
    const lacking = protocols.length === 0 ? 'protocols' : base === undefined ? 'base' : null;
    if (lacking === null) return [];
    const mend = lacking === 'base' ? 'Add "base:" with its address.' : 'Add "protocols:" with what it speaks, such as [messages, chat].';
    return [{ path, at: 'absence', message: `Nobody can speak to provider "${name}": it has no "${lacking}".`, mend }];
  });
}

/** What is told twice, what only the gateway says, and what would change any object there is. */
function optionComplaints(provider: Provider, part: 'options' | 'secrets', path: readonly PropertyKey[]): Complaint[] {
  const { options = {}, secrets = {}, key } = provider;
  const all = [...Object.keys(options), ...Object.keys(secrets), ...(key === undefined ? [] : ['apiKey'])];
  return Object.keys(provider[part] ?? {}).flatMap((name): Complaint[] => {
    const at = { path: [...path, part, name], at: 'key' } as const;
    if (/^fetch(?:\.|$)|(?:^|\.)(?:__proto__|prototype|constructor)(?:\.|$)/.test(name))
      return [{ ...at, message: `"${name}" is nothing that a package is told here.`, mend: 'Remove it.' }];
    if (all.filter((one) => one === name || one.startsWith(`${name}.`)).length < 2) return [];
    const mend = 'Keep one of them: "key:" is told as "apiKey".';
    return [{ ...at, message: `The option "${name}" is told more than once.`, mend }];
  });
}

function upstreamComplaints({ providers, models }: GatewayConfig): Complaint[] {
  return Object.entries(models).flatMap(([name, model]) => {
    const names = upstreamsOf(model).map(({ at }) => at);
    return names.flatMap((upstream, at): Complaint[] => {
      const { provider } = partsOf(upstream);
      const path = ['models', name, 'upstreams', at];
      if (own(providers, provider) === undefined)
        return [wrong(path, `Model "${name}" is at "${provider}", which is no provider.`, meant(provider, Object.keys(providers)))];
      return names.indexOf(upstream) < at ? [wrong(path, `"${upstream}" is already in this list.`, 'Keep one of the two.')] : [];
    });
  });
}

/** An agent says one name, and it must be clear what it means. */
function ambiguous({ models, plans = {}, slots }: GatewayConfig): Complaint[] {
  const taken = (name: string): string | null =>
    own(models, name) !== undefined ? 'model' : own(plans, name) !== undefined ? 'plan' : null;
  const twice = (part: 'plans' | 'slots', name: string, by: string): Complaint => ({
    path: [part, name],
    at: 'key',
    message: `"${name}" is a ${by} already.`,
    mend: 'Choose another name.',
  });
  return [
    ...Object.keys(plans).flatMap((name) => (own(models, name) === undefined ? [] : [twice('plans', name, 'model')])),
    ...Object.keys(slots).flatMap((name) => {
      const by = taken(name);
      return by === null ? [] : [twice('slots', name, by)];
    }),
  ];
}

function planComplaints({ models, plans = {} }: GatewayConfig): Complaint[] {
  return Object.entries(plans).flatMap(([plan, chain]) =>
    chain.flatMap((model, at): Complaint[] => {
      const path = ['plans', plan, at];
      if (own(models, model) === undefined)
        return [wrong(path, `Plan "${plan}" tries "${model}", which is no model.`, meant(model, Object.keys(models)))];
      return chain.indexOf(model) < at ? [wrong(path, `Plan "${plan}" tries "${model}" twice.`, 'Try each model once.')] : [];
    }),
  );
}

function slotComplaints(config: GatewayConfig): Complaint[] {
  const { slots } = config;
  const known = [...namesIn(config), autoPlan];
  return Object.entries(slots).flatMap(([slot, filledBy]): Complaint[] => {
    const path = ['slots', slot];
    const circle = circleFrom(slots, slot);
    if (circle !== null)
      return [wrong(path, `Slot "${slot}" leads in a circle: ${circle.join(' -> ')}.`, 'Fill one of them with a model or a plan.')];
    if (known.includes(filledBy)) return [];
    const others = known.filter((name) => name !== slot);
    return [wrong(path, `Slot "${slot}" is filled by "${filledBy}", which is no model, plan or slot.`, meant(filledBy, others))];
  });
}

function roleComplaints(config: GatewayConfig): Complaint[] {
  const known = [...namesIn(config), autoPlan];
  return Object.entries(config.roles ?? {}).flatMap(([role, slot]) => {
    if (known.includes(slot)) return [];
    return [wrong(['roles', role], `Role "${role}" asks for "${slot}", which is no slot, plan or model.`, meant(slot, known))];
  });
}

function simpleTurnComplaints({ slots, simpleTurns = [] }: GatewayConfig): Complaint[] {
  return simpleTurns.flatMap((slot, at): Complaint[] =>
    own(slots, slot) === undefined
      ? [
          wrong(
            ['simpleTurns', at],
            `Simple turns of "${slot}" are to go to its fastest model, and it is no slot.`,
            meant(slot, Object.keys(slots)),
          ),
        ]
      : [],
  );
}

/** The slots of a circle that begins and ends with this one. */
function circleFrom(slots: GatewayConfig['slots'], start: string): string[] | null {
  const seen = [start];
  for (let at = own(slots, start); at !== undefined && own(slots, at) !== undefined; at = own(slots, at)) {
    if (at === start) return [...seen, at];
    if (seen.includes(at)) return null;
    seen.push(at);
  }
  return null;
}

function budgetComplaints({ budgets = [] }: GatewayConfig): Complaint[] {
  return budgets.flatMap((rule, at): Complaint[] => {
    const path = ['budgets', at];
    const caps = capsOfRule(rule);
    if (Object.keys(caps.hard).length === 0)
      return [{ path, at: 'absence', message: 'This budget limits nothing.', mend: 'Add "usd:", "tokens:" or "calls:".' }];
    if (rule.name !== undefined && (rule.of === 'organisation' || rule.of === 'run'))
      return [wrong([...path, 'name'], `A budget of ${rule.of} is not for one name.`, 'Remove "name:", or say "of: line".')];
    return turnedComplaints(rule, path);
  });
}

function keyComplaints(config: GatewayConfig): Complaint[] {
  const known = [...namesIn(config), autoPlan];
  return Object.entries(config.keys ?? {}).flatMap(([station, rule]): Complaint[] => {
    const path = ['keys', station];
    const lost = (rule.slots ?? []).flatMap((slot, at): Complaint[] =>
      known.includes(slot)
        ? []
        : [wrong([...path, 'slots', at], `The key of "${station}" is for "${slot}", which is no slot, plan or model.`, meant(slot, known))],
    );
    return [...lost, ...turnedComplaints(rule, path)];
  });
}

function turnedComplaints(rule: Parameters<typeof capsOfRule>[0], path: readonly PropertyKey[]): Complaint[] {
  return turnedRound(capsOfRule(rule)).map(({ unit, message }) =>
    wrong([...path, unit === 'microUsd' ? 'usd' : unit], message, 'Turn them round.'),
  );
}

function wrong(path: readonly PropertyKey[], message: string, mend: string): Complaint {
  return { path, at: 'value', message, mend };
}
