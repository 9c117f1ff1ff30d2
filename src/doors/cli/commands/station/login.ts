import type { LoginUse } from '../../../../core/ports/stations/logins.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { facts, type Page, plain } from '../../page.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import { acting, tokenOption } from '../acting.ts';

/** `jidoka station login`: whether stations may use what the owner is logged in with at an agent. */
export const stationLogin: CommandRecord = {
  path: ['station', 'login'],
  summary: 'let stations use your own login at an agent, or see what that would be',
  arguments: [{ syntax: '<agent>', description: 'claude-code, codex, gemini or opencode' }],
  options: [
    { flags: '--allow', description: 'let them, until you say --forbid' },
    { flags: '--forbid', description: 'keep them from it' },
    tokenOption,
    jsonOption,
  ],
  examples: ['station login codex', 'station login codex --allow'],
  run: async (call) => {
    const [agent = ''] = call.arguments;
    const [allow, forbid] = [call.flag('allow'), call.flag('forbid')];
    if (allow && forbid) throw new JidokaError('usage', 'Both --allow and --forbid were given.', { mend: 'Give one of them.' });
    const wish = allow ? 'allow' : forbid ? 'forbid' : 'look';
    const use = await acting(call, (factory, actor) => factory.agents.login(agent, wish, actor));
    return { exitCode: 0, document: { agent, ...use }, text: (page) => loginText(agent, use, page) };
  },
};

function loginText(agent: string, use: LoginUse, page: Page): string {
  const { paint } = page;
  const may = use.allowed ? 'Stations may use it.' : `Stations may not use it: \`jidoka station login ${agent} --allow\` lets them.`;
  if (use.kind === 'unfit') return `${paint.yellow('!')} No station can use your login at ${agent}: ${plain(use.why)}.\n${plain(use.mend)}`;
  const rows = facts(
    [
      ['with', plain(use.by)],
      ['goes to', plain(use.to)],
    ],
    page,
  );
  const how = 'It is read where it lies for each request and put on it outside of the workspace. It is not copied, and no job sees it.';
  return [`Requests of ${paint.bold(agent)} to its models`, ...rows, '', how, may].join('\n');
}
