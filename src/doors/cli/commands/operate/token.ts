import { JidokaError } from '../../../../core/base/error.ts';
import type { Actor } from '../../../../core/gate/answer.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';
import { refuseJobs } from '../acting.ts';

const nameArgument = { syntax: '<name>', description: 'who holds the token' } as const;

/** `jidoka token add`: gives somebody a way to ask from afar. */
export const tokenAdd: CommandRecord = {
  path: ['token', 'add'],
  summary: 'make a token for a person or an agent; it is told once',
  arguments: [nameArgument],
  options: [
    { flags: '--roles <list>', description: 'roles of the holder, as lines name them at their gates: reviewer,operator', required: true },
    { flags: '--agent', description: 'the holder is an agent: it answers no gate, whatever its roles' },
    jsonOption,
  ],
  examples: ['token add ana --roles reviewer,operator', 'token add coder --roles station --agent'],
  run: async (call) => {
    await refuseJobs(call.world);
    const holder = holderOf(call);
    const { token } = await withFactory(call, (factory) => factory.credentials.add(holder));
    return {
      exitCode: 0,
      document: { ...holder, token },
      text: (page) => `${token}\n${page.paint.dim('Keep it: it is shown this once.')}`,
    };
  },
};

/** `jidoka token list`: who may ask from afar. */
export const tokenList: CommandRecord = {
  path: ['token', 'list'],
  summary: 'list who holds a token',
  arguments: [],
  options: [jsonOption],
  examples: ['token list'],
  run: async (call) => {
    const holders = await withFactory(call, (factory) => factory.credentials.list());
    return { exitCode: 0, document: { holders }, text: (page) => holdersText(holders, page) };
  },
};

/** `jidoka token remove`: takes a token back. */
export const tokenRemove: CommandRecord = {
  path: ['token', 'remove'],
  summary: 'take a token back; it is good for nothing at once',
  arguments: [nameArgument],
  options: [jsonOption],
  examples: ['token remove ana'],
  run: async (call) => {
    await refuseJobs(call.world);
    const [name = ''] = call.arguments;
    const was = await withFactory(call, (factory) => factory.credentials.remove(name));
    const text = was ? `${plain(name)} no longer holds a token.` : `${plain(name)} held no token.`;
    return { exitCode: 0, document: { name, changed: was }, text: () => text };
  },
};

function holderOf(call: Call): Actor {
  const [name = ''] = call.arguments;
  const roles = (call.text('roles') ?? '').split(',').map((role) => role.trim());
  const odd = roles.find((role) => !/^[a-z][a-z0-9-]*$/.test(role));
  if (odd === undefined) return { name, kind: call.flag('agent') ? 'agent' : 'person', roles };
  throw new JidokaError('usage', `"${plain(odd)}" is no role.`, {
    mend: 'Give roles as lines name them, with commas between: --roles reviewer,operator.',
  });
}

function holdersText(holders: readonly (Actor & { readonly since: string })[], page: Page): string {
  if (holders.length === 0) return 'Nobody holds a token. `jidoka token add NAME --roles reviewer` makes one.';
  const columns = [{ title: 'NAME' }, { title: 'KIND' }, { title: 'ROLES' }, { title: 'SINCE' }];
  return table(
    columns,
    holders.map(({ name, kind, roles, since }) => [plain(name), kind, roles.join(', '), since]),
    page,
  );
}
