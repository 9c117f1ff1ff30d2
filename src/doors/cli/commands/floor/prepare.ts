import { isJidokaError } from '../../../../core/base/error.ts';
import type { PreparedBase } from '../../../../core/ports/factory.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { duration, facts, type Page, plain } from '../../page.ts';
import { withFactory } from '../../with-factory.ts';
import { repositoryOf } from '../line/request.ts';

/** `jidoka floor prepare`: makes the base of a repository before any run needs it. */
export const floorPrepare: CommandRecord = {
  path: ['floor', 'prepare'],
  summary: 'set up the environment of a repository before any run needs it',
  arguments: [{ syntax: '[repo]', description: 'path or URL of the repository; without it, the current folder' }],
  options: [jsonOption],
  examples: ['floor prepare', 'floor prepare https://git.example.com/shop.git'],
  run: async (call) => {
    const { world } = call;
    const repository = repositoryOf(call.arguments[0] ?? '.', world.cwd);
    try {
      const base = await withFactory(call, (factory) => factory.floor.prepare(repository));
      return { exitCode: 0, document: base, text: (page) => baseText(base, page) };
    } catch (error) {
      for (const line of lastLines(error)) world.stderr.write(`  ${plain(line)}\n`);
      throw error;
    }
  },
};

const linesShown = 12;

/** What a setup command said last, where that is why. */
function lastLines(error: unknown): readonly string[] {
  if (!isJidokaError(error) || error.code !== 'setup-failed') return [];
  return ['stdout', 'stderr'].flatMap((stream) => {
    const text = error.data[stream];
    return typeof text === 'string' && text.trim() !== '' ? text.trimEnd().split('\n').slice(-linesShown) : [];
  });
}

function baseText({ base, reused, repository, commit, environment, setup, refused, ms }: PreparedBase, page: Page): string {
  const { paint } = page;
  const rows = facts(
    [
      ['repository', plain(repository)],
      ['commit', commit],
      ['environment', environment === null ? 'none: the repository says nothing of it' : plain(environment)],
      ['time', duration(ms)],
    ],
    page,
  );
  return [
    `${paint.green('✓')} base ${paint.bold(base.key)} on floor ${base.floor}, ${reused ? 'which was there already' : 'built now'}`,
    ...rows,
    ...setup.map((command) => `  ${paint.dim('ran')}     ${plain(command)}`),
    ...refused.map((what) => `  ${paint.yellow('refused')} ${plain(what)}`),
  ].join('\n');
}
