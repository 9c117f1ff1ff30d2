import type { AddedAgent } from '../../../../core/ports/stations/agents.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { facts, type Page, plain } from '../../page.ts';
import { withFactory } from '../../with-factory.ts';
import { actorOf, refuseJobs, tokenOption } from '../acting.ts';
import { megabytes } from './megabytes.ts';

/** `jidoka station add`: installs an agent at one exact version. */
export const stationAdd: CommandRecord = {
  path: ['station', 'add'],
  summary: 'install an agent at an exact version into the folder of the factory',
  arguments: [
    { syntax: '<agent>', description: 'NAME@VERSION; without an exact version the one that was tried. `jidoka station list` names them' },
  ],
  options: [tokenOption, jsonOption],
  examples: ['station add codex@0.169.0', 'station add claude-code'],
  run: async (call) => {
    await refuseJobs(call.world);
    const [spec = ''] = call.arguments;
    const added = await withFactory(call, async (factory, { say }) => {
      return await factory.agents.add({ spec, say: (line) => say(plain(line)) }, await actorOf(call, factory));
    });
    return { exitCode: 0, document: added, text: (page) => addedText(added, page) };
  },
};

function addedText({ how, agent }: AddedAgent, page: Page): string {
  const { agent: name, version, package: from, integrity, path, said, bytes } = agent;
  const rows = facts(
    [
      ['package', `${from}@${version}`],
      ['integrity', integrity],
      ['program', plain(path)],
      ['says', plain(said)],
      ['size', megabytes(bytes)],
    ],
    page,
  );
  const { paint } = page;
  return [
    `${paint.green('✓')} ${paint.bold(`${name}@${version}`)} ${how === 'there' ? 'was there already' : 'is installed'}`,
    ...rows,
  ].join('\n');
}
