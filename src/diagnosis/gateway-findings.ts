import type { SlotRow } from '../core/ports/gateway/gateway-door.ts';
import type { Finding } from '../core/ports/factory.ts';
import { finding } from './finding.ts';
import type { AskedName, OwnGatewaySeen, ProviderSeen } from './own-gateway.ts';

/** Tells of the factory's own gateway: whose keys are there, and what the names lead to that stations ask by. */
export function gatewayFindings(seen: OwnGatewaySeen): readonly Finding[] {
  const { file, providers, asked, unsaid } = seen;
  const works = answersAgents(seen);
  const found = `the factory's own gateway, as ${file} says${works ? '' : '; no model that agents ask for can be asked'}`;
  return [
    finding('optional', 'gateway', works, found, 'Mend what the lines below tell of; `jidoka models` shows all slots.'),
    ...providers.map(ofProvider),
    ...asked.map((name) => ofName(name, file)),
    ...(unsaid.length === 0 ? [] : [ofUnsaid(unsaid, file)]),
  ];
}

/** Whether an agent that asks the gateway finds a model there. */
export function answersAgents({ asked }: OwnGatewaySeen): boolean {
  return asked.some(({ byAgents, row }) => byAgents && row !== null && isOpen(row));
}

function ofProvider({ provider, places, lacks }: ProviderSeen): Finding {
  const say = (ok: boolean, text: string, mend = ''): Finding => finding('optional', `provider ${provider}`, ok, text, mend);
  if (lacks === null) return say(true, places.length === 0 ? 'is asked without a key' : `has its key: ${places.join(', ')}`);
  if (lacks.what === 'package') return say(false, lacks.why, '`jidoka models` tells the same, with your factory file.');
  const mend = [
    'Export it where the factory is started, by `jidoka up` or a run: a daemon that runs already has what was there then.',
    'Or put it into a file, and say so in place of "env:NAME": key: file:PATH.',
  ];
  return say(false, `has no key: ${lacks.why}`, mend.join('\n'));
}

function ofName({ name, row, lines, isOptional }: AskedName, file: string): Finding {
  const by = lines.length === 0 ? 'by lines of yours' : `by stations of ${lines.join(', ')}`;
  const say = (ok: boolean, text: string, mend = ''): Finding => finding('optional', `slot ${name}`, ok, `${text}; asked for ${by}`, mend);
  const without = isOptional ? ', and runs go on without' : '';
  if (row === null) return say(isOptional, `leads to no model${without}`, `Fill it in ${file}: slots: { ${name}: MODEL }.`);
  const open = row.models.flatMap(({ model, upstreams }) => {
    const at = upstreams.flatMap((upstream) => (upstream.why === null ? [upstream.at] : []));
    return at.length === 0 ? [] : [`${model} at ${at.join(', ')}`];
  });
  const never = row.models.flatMap(({ upstreams }) => upstreams.flatMap(({ at, why }) => (why === null ? [] : [`${at} ${why}`])));
  const mend = 'Give a provider of it its key, or fill it with another model.';
  if (open.length === 0) return say(isOptional, `${['leads to no model that can be asked', ...never].join('; ')}${without}`, mend);
  return say(true, [`leads to ${open.join(', then ')}`, ...never].join('; '));
}

function ofUnsaid(lines: readonly string[], file: string): Finding {
  const found = `agents of ${lines.join(', ')} ask by names of their vendors, as their roles have no slot`;
  return finding('optional', 'slots of roles', false, found, `Give them one in ${file}: roles: { default: SLOT }.`);
}

function isOpen({ models }: SlotRow): boolean {
  return models.some(({ upstreams }) => upstreams.some(({ why }) => why === null));
}
