import { JidokaError } from '../../../../core/base/error.ts';
import { meant, nearest } from '../../../../core/base/nearest.ts';
import { gatewayNames } from '../../../../core/gateway/config/gateway-names.ts';
import { resolveSlot } from '../../../../core/gateway/config/resolve-slot.ts';
import { checkPlan } from '../../../../core/gateway/routing/check-plan.ts';
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
  arguments: [{ syntax: '[run]', description: 'id of the run, as `jidoka runs` lists it; without it, say --line' }],
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
  if (line === null)
    throw new JidokaError('usage', 'Neither a run nor a job was named.', {
      mend: 'Name a run, or say --line of a job: jidoka route explain --line bug --repo . --config factory.yaml',
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
  const [models, slot] = [plan?.split(',').map((name) => name.trim()), call.text('slot') ?? 'auto'];
  mustBeLine(line, [...(await shipped.lines([])).map(({ name }) => name), ...Object.keys(config.lines ?? {})]);
  if (resolveSlot(config, slot) === null)
    throw new JidokaError('usage', `--slot "${slot}" leads to no model.`, { mend: meant(slot, gatewayNames(config).slots) });
  if (models !== undefined) checkPlan(models, Object.keys(config.models));
  return {
    line,
    repository: isUrl(repository) ? repository : resolve(world.cwd, repository),
    words,
    slot,
    config,
    priors: await shipped.priors(),
    override: models === undefined ? null : { by: world.actor, models },
  };
}

/** A line of somebody's own may have any name; one that is nearly another is a slip. */
function mustBeLine(name: string, known: readonly string[]): void {
  const near = known.includes(name) ? null : nearest(name, known);
  if (near !== null) throw new JidokaError('usage', `--line "${name}" is not known here.`, { mend: `Did you mean "${near}"?` });
}
