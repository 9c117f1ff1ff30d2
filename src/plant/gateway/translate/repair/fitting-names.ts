import { createHash } from 'node:crypto';
import type { Conversation, Part } from '../conversation/conversation.ts';
import type { Tongue } from '../protocol.ts';

const fitting: Readonly<Record<Tongue, { readonly good: RegExp; readonly bad: RegExp; readonly longest: number }>> = {
  messages: { good: /^[a-zA-Z0-9_-]{1,128}$/, bad: /[^a-zA-Z0-9_-]/g, longest: 128 },
  responses: { good: /^[a-zA-Z0-9_-]{1,64}$/, bad: /[^a-zA-Z0-9_-]/g, longest: 64 },
  chat: { good: /^[a-zA-Z0-9_-]{1,64}$/, bad: /[^a-zA-Z0-9_-]/g, longest: 64 },
  'generate-content': { good: /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/, bad: /[^a-zA-Z0-9_.-]/g, longest: 64 },
  sdk: { good: /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/, bad: /[^a-zA-Z0-9_-]/g, longest: 64 },
};

export interface FittingNames {
  readonly conversation: Conversation;
  /** The tool's own name by the one that the model was told. */
  readonly ownName: (told: string) => string;
}

/** Gives tools names that the API takes; those that do are left alone. */
export function fittingNames(conversation: Conversation, to: Tongue): FittingNames {
  const { good, bad, longest } = fitting[to];
  const own = new Map<string, string>();
  const fit = (name: string): string => {
    if (good.test(name)) return name;
    const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
    const told = `t_${name.replace(bad, '_').slice(0, longest - 11)}_${digest}`;
    own.set(told, name);
    return told;
  };
  const choice = conversation.toolChoice;
  const inPart = (part: Part): Part => (part.kind === 'call' ? { ...part, name: fit(part.name) } : part);
  return {
    conversation: {
      ...conversation,
      tools: conversation.tools.map((tool) => ({ ...tool, name: fit(tool.name) })),
      toolChoice: choice.kind === 'tool' ? { kind: 'tool', name: fit(choice.name) } : choice,
      turns: conversation.turns.map(({ role, parts }) => ({ role, parts: parts.map(inPart) })),
    },
    ownName: (told) => own.get(told) ?? told,
  };
}
