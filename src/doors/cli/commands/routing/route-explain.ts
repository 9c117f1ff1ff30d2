import { JidokaError } from '../../../../core/base/error.ts';
import type { RouteInquiry } from '../../../../core/ports/factory.ts';
import { type Answer, type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { isUrl } from '../../result-text.ts';
import { withFactory } from '../../with-factory.ts';
import { readTicketText } from '../line/ticket-text.ts';
import { configOption } from '../gateway/settings.ts';
import { explainedRunText, routeText } from './route-text.ts';
import { gatewayConfigOf } from './sources.ts';
import { resolve } from 'node:path';

/** `jidoka route explain`: why a run was given its plan of models, or which one a job would be given now. */
export const routeExplain: CommandRecord = {
  path: ['route', 'explain'],
  summary: 'why a run got its plan of models, or which one a job would get now',
  arguments: [{ syntax: '[run]', description: 'id of the run, as `jidoka runs` lists it; without it, say --config and --line' }],
  options: [
    { ...configOption, required: false },
    { flags: '--line <name>', description: 'line that the job would be worked on' },
    { flags: '--repo <where>', description: 'path or URL of its repository', preset: '.' },
    { flags: '--seed <file>', description: 'words of the job: a file, a URL, or - for what is piped in' },
    { flags: '--slot <name>', description: 'slot that its station asks for', preset: 'auto' },
    { flags: '--plan <models>', description: 'what you would choose yourself, with commas between' },
    jsonOption,
  ],
  examples: ['route explain bug-login-1f0c9a2b', 'route explain --config factory.yaml --line bug --repo ../shop --seed ticket.md'],
  run: async (call) => {
    const [run] = call.arguments;
    return run === undefined ? await now(call) : await ofRun(run, call);
  },
};

async function ofRun(run: string, call: Call): Promise<Answer> {
  const given = ['config', 'line', 'seed', 'plan'].filter((option) => call.text(option) !== null);
  if (given[0] !== undefined)
    throw new JidokaError('usage', `--${given[0]} is for a job that nobody gave yet, and ${run} is a run.`, {
      mend: 'Leave one of the two out.',
    });
  const explained = await withFactory(call, (factory) => factory.routing.explain(run));
  const { policiesOnRecord } = await import('../../../../core/gateway/evaluation/recorded-routes.ts');
  const policies = explained.routes.map(({ route }) => policiesOnRecord([route]));
  return { exitCode: 0, document: { ...explained, policies }, text: (page) => explainedRunText(explained, policies, page) };
}

async function now(call: Call): Promise<Answer> {
  const line = call.text('line');
  if (line === null || call.text('config') === null)
    throw new JidokaError('usage', 'Neither a run nor a job was named.', {
      mend: 'Name a run, or say --config and --line of a job: jidoka route explain --config factory.yaml --line bug --repo .',
    });
  const inquiry = await inquiryOf(call, line);
  const route = await withFactory(call, (factory) => factory.routing.explainNow(inquiry));
  return { exitCode: route.plan === null ? 3 : 0, document: route, text: (page) => routeText(route, page) };
}

async function inquiryOf(call: Call, line: string): Promise<RouteInquiry> {
  const { world } = call;
  const [seed, repository, plan] = [call.text('seed'), call.text('repo') ?? '.', call.text('plan')];
  const [config, shipped, words] = await Promise.all([
    gatewayConfigOf(call),
    world.loadShipped(),
    seed === null ? [] : readTicketText(seed, world).then((text) => [text]),
  ]);
  const models = plan?.split(',').map((name) => name.trim());
  return {
    line,
    repository: isUrl(repository) ? repository : resolve(world.cwd, repository),
    words,
    slot: call.text('slot') ?? 'auto',
    config,
    priors: await shipped.priors(),
    override: models === undefined ? null : { by: world.actor, models },
  };
}
