import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { namesIn, own, resolveSlot } from '../../../core/gateway/config/resolve-slot.ts';
import type { Route } from './route.ts';

/** The names that a caller may ask for, in the words of the protocol that he lists them by; null for one that he has not. */
export function modelsList(
  config: GatewayConfig,
  { shape, name }: Extract<Route, { readonly kind: 'models' }>,
  { slots, protocol }: { readonly slots: readonly string[] | null; readonly protocol: Protocol },
): object | null {
  const all = slots ?? namesIn(config);
  const names = all.filter((one) => resolveSlot(config, one) !== null);
  const write = shape === 'models' ? geminiModel : protocol === 'messages' ? anthropicModel : openaiModel;
  if (name !== null) return names.includes(name) ? write(config, name) : null;
  const list = names.map((one) => write(config, one));
  if (shape === 'models') return { models: list };
  if (write === openaiModel) return { object: 'list', data: list };
  return { data: list, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}

function openaiModel(_: GatewayConfig, id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'jidoka' };
}

function anthropicModel(_: GatewayConfig, id: string): object {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' };
}

function geminiModel(config: GatewayConfig, id: string): object {
  const [first = ''] = resolveSlot(config, id)?.models ?? [];
  const model = own(config.models, first);
  return {
    name: `models/${id}`,
    displayName: id,
    inputTokenLimit: model?.window ?? 0,
    outputTokenLimit: model?.output ?? 0,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
}
