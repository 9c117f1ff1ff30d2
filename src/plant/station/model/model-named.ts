import { chat } from './chat.ts';
import { messages } from './messages.ts';
import type { Protocol } from './protocol.ts';

export interface NamedModel {
  readonly model: string;
  readonly protocol: Protocol;
}

/**
 * The model of a name, and how it is asked: by Chat Completions, or by Messages where it is a Claude by its name. Who knows
 * better says so before it, `chat:` or `messages:`.
 *
 * @example
 * modelOf('claude-haiku-4-5').protocol.name; // 'messages'
 * modelOf('chat:claude-haiku-4-5').protocol.name; // 'chat'
 */
export function modelOf(name: string): NamedModel {
  const said = [chat, messages].find((protocol) => name.startsWith(`${protocol.name}:`));
  if (said !== undefined) return { model: name.slice(said.name.length + 1), protocol: said };
  return { model: name, protocol: name.startsWith('claude') ? messages : chat };
}
