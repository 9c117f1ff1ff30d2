import { type CommandRecord, jsonOption } from '../../command.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { withFactory } from '../../with-factory.ts';
import { statusText } from './status-text.ts';

/** `jidoka status`: what is there, what it does, and what waits for whom. */
export const status: CommandRecord = {
  path: ['status'],
  summary: 'tell what the factory does, who works for it, and what waits for whom',
  arguments: [],
  options: [jsonOption],
  examples: ['status'],
  run: async (call) => {
    const { findDaemon } = await import('../../../daemon/index.ts');
    const found = await findDaemon(call.settings.home);
    const daemon = found === null ? null : { pid: found.pid, url: found.url, startedAt: found.startedAt, version: found.version };
    const factory = await withFactory(call, (opened) => opened.operations.status());
    const self = sameFactoryCommand(call);
    return { exitCode: 0, document: { daemon, ...factory }, text: (page) => statusText({ daemon, factory, self }, page) };
  },
};
