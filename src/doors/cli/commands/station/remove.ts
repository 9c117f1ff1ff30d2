import { type CommandRecord, jsonOption } from '../../command.ts';
import { acting, tokenOption } from '../acting.ts';

/** `jidoka station remove`: takes an agent out of the folder of the factory. */
export const stationRemove: CommandRecord = {
  path: ['station', 'remove'],
  summary: 'remove an agent from the folder of the factory',
  arguments: [{ syntax: '<agent>', description: 'NAME@VERSION, or NAME for all its versions' }],
  options: [tokenOption, jsonOption],
  examples: ['station remove codex@0.169.0'],
  run: async (call) => {
    const [spec = ''] = call.arguments;
    const removed = await acting(call, (factory, actor) => factory.agents.remove(spec, actor));
    const names = removed.map(({ agent, version }) => `${agent}@${version}`);
    return { exitCode: 0, document: { removed }, text: () => `Removed ${names.join(', ')}.` };
  },
};
