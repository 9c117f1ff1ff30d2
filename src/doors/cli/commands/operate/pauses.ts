import { JidokaError } from '../../../../core/base/error.ts';
import { type Call, type CommandRecord, jsonOption, type OptionRecord } from '../../command.ts';
import { acting, tokenOption } from '../acting.ts';

const scopeOptions: readonly OptionRecord[] = [
  { flags: '--line <name>', description: 'one line only' },
  { flags: '--queue <name>', description: 'one queue only' },
];

/** `jidoka pause`: nothing new is begun there; what is in hand is done. */
export const pause: CommandRecord = {
  path: ['pause'],
  summary: 'begin nothing more in the factory, a line or a queue',
  arguments: [],
  options: [
    ...scopeOptions,
    { flags: '--why <text>', description: 'why, for those who find it paused', required: true },
    tokenOption,
    jsonOption,
  ],
  examples: ["pause --why 'the registry is down'", "pause --line deps --why 'release week'"],
  run: async (call) => {
    const scope = scopeOf(call);
    const isNew = await acting(call, (factory, actor) => factory.operations.pause(scope, call.text('why') ?? '', actor));
    const text = isNew
      ? `Paused: ${scope}. What is in hand is done; nothing more begins.`
      : `${scope} was paused before; that pause stands.`;
    return { exitCode: 0, document: { scope, paused: true, changed: isNew }, text: () => text };
  },
};

/** `jidoka unpause`: lifts a pause. */
export const unpause: CommandRecord = {
  path: ['unpause'],
  summary: 'lift a pause of the factory, a line or a queue',
  arguments: [],
  options: [...scopeOptions, tokenOption, jsonOption],
  examples: ['unpause', 'unpause --line deps'],
  run: async (call) => {
    const scope = scopeOf(call);
    const was = await acting(call, (factory, actor) => factory.operations.unpause(scope, actor));
    const text = was ? `No longer paused: ${scope}.` : `${scope} was not paused.`;
    return { exitCode: 0, document: { scope, paused: false, changed: was }, text: () => text };
  },
};

function scopeOf(call: Call): string {
  const [line, queue] = [call.text('line'), call.text('queue')];
  if (line !== null && queue !== null)
    throw new JidokaError('usage', 'Both --line and --queue were given.', { mend: 'Give one of them, or neither for the whole factory.' });
  if (line !== null) return `line:${line}`;
  return queue === null ? 'factory' : `queue:${queue}`;
}
