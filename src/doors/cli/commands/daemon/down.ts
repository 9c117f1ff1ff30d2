import { type CommandRecord, jsonOption } from '../../command.ts';
import { refuseJobs } from '../acting.ts';

/** A daemon that is to stop at once gives its steps back and closes; what takes longer hangs. */
export const stopPatienceMs = 15_000;

/** `jidoka down`: stops the daemon of a home. */
export const down: CommandRecord = {
  path: ['down'],
  summary: 'stop the daemon; what it has in hand is given back',
  arguments: [],
  options: [{ flags: '--drain', description: 'let it end what it has in hand first, however long that takes' }, jsonOption],
  examples: ['down', 'down --drain'],
  run: async (call) => {
    await refuseJobs(call.world);
    const { stopDaemon } = await import('../../../daemon/index.ts');
    const stopped = await stopDaemon(call.settings.home, { drain: call.flag('drain'), patienceMs: stopPatienceMs });
    const text =
      stopped.kind === 'none'
        ? 'No daemon was running.'
        : `Stopped the daemon, process ${stopped.pid}.${stopped.forced ? ' It did not stop by itself and was ended with its children; nothing is lost.' : ''}`;
    return { exitCode: 0, document: stopped, text: () => text };
  },
};
