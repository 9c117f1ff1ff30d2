import type { AgentView, Finding } from '../core/ports/factory.ts';
import type { StationCapabilities } from '../core/station/capabilities.ts';
import { finding } from './finding.ts';
import { answersAgents, gatewayFindings } from './gateway-findings.ts';
import type { LookedForGateways, ModelGateway } from './model-gateways.ts';
import type { OwnGatewaySeen } from './own-gateway.ts';

/** Where agents work, and what is known of the drivers that drive them there. */
export interface AgentGround {
  /** Kind of the floor. */
  readonly floor: string;
  readonly drivers: readonly StationCapabilities[];
  /** The factory's own gateway, which is the way of all agents to models; null where it has none. */
  readonly own: OwnGatewaySeen | null;
}

/** Tells of the agents that are here or ought to be, of servers of models, and how far one comes with them. */
export function agentFindings(views: readonly AgentView[], gateways: LookedForGateways, ground: AgentGround): readonly Finding[] {
  const agents = views.filter(({ adapterOf }) => adapterOf === null);
  const shown = agents.filter((view) => view.class === 'first' || isHere(view));
  const way = wayOf(gateways, ground.own);
  return [
    rung(agents, gateways, { way, own: ground.own }),
    ...shown.map((view) => ofAgent(view, views, { ...ground, way })),
    ...(ground.own === null ? [ofGateways(gateways)] : gatewayFindings(ground.own)),
  ];
}

/** What all agents ask for models, whoever is logged in; null where each has only what its login gives, or where nothing would answer. */
function wayOf({ found: [gateway] }: LookedForGateways, own: OwnGatewaySeen | null): string | null {
  if (own !== null) return answersAgents(own) ? "the factory's own gateway" : null;
  return gateway?.how === 'named' ? `the models at ${gateway.url}` : null;
}

interface Ways {
  readonly way: string | null;
  readonly own: OwnGatewaySeen | null;
}

/** The ladder: nothing at all, an agent with a login that stations may use, an agent with a server of models. */
function rung(agents: readonly AgentView[], { found: [gateway] }: LookedForGateways, { way, own }: Ways): Finding {
  const here = agents.filter(isUsable);
  const ready = here.filter(({ use }) => use.kind === 'fit' && use.allowed).map(({ name }) => name);
  const of = (number: number, what: string): string => `rung ${number} of 3: ${what}`;
  if (way !== null && here.length > 0) {
    const names = here.map(({ name }) => name).join(', ');
    return finding('optional', 'stations', true, of(3, `${names} with ${way}`));
  }
  // Whoever has a gateway of his own works through it alone: a login is of no use beside it.
  if (own === null && ready.length > 0) return finding('optional', 'stations', true, of(2, `${ready.join(', ')} with your own login`));
  const judges = way === null ? 'no model works here' : `model:NAME judges with ${way}`;
  const found = of(1, `scripted and replay stations, labelled so; ${judges}`);
  if (own !== null && here.length > 0) return finding('optional', 'stations', false, found, 'Mend the gateway: see below.');
  return finding('optional', 'stations', false, found, nextRung(agents, here, gateway ?? null));
}

function nextRung(agents: readonly AgentView[], here: readonly AgentView[], gateway: ModelGateway | null): string {
  const install = agents[0] === undefined ? '' : `Install an agent: \`jidoka station add ${agents[0].name}\`.`;
  const name = gateway === null ? '' : `JIDOKA_MODEL_URL=${gateway.url} lets stations use the models there.`;
  // One that is logged in is nearer than one that is not.
  const next = here.find(({ use }) => use.kind === 'fit') ?? here.find(({ login }) => login.kind === 'seen') ?? here[0];
  if (next === undefined) return [install, gateway?.how === 'local' ? name : ''].filter((step) => step !== '').join('\n');
  return [howToUse(next), gateway === null ? 'Or name a server of models in JIDOKA_MODEL_URL.' : name]
    .filter((step) => step !== '')
    .join('\n');
}

/** What the owner does next with an agent that is here, so that its login is of use. */
function howToUse(view: AgentView): string {
  const { name, login, use } = view;
  if (use.kind === 'fit') return `Let stations use ${use.by}: \`jidoka station login ${name} --allow\`.`;
  return login.kind === 'seen' ? use.mend : howToLogIn(view);
}

function isHere({ found, onFloor }: AgentView): boolean {
  return found !== null || onFloor?.kind === 'there';
}

function isUsable(view: AgentView): boolean {
  return isHere(view) && view.onFloor?.kind !== 'missing';
}

function ofAgent(view: AgentView, views: readonly AgentView[], ground: AgentGround & Pick<Ways, 'way'>): Finding {
  const { floor, drivers, way, own } = ground;
  const { name, title, found, onFloor, login, recommended, megabytes, licence } = view;
  const say = (ok: boolean, text: string, mend = ''): Finding => finding('optional', `agent ${name}`, ok, text, mend);
  if (!isHere(view)) {
    const how = 'how' in login && way === null && own === null ? `\nThen log in: ${login.how}` : '';
    return say(
      false,
      'not installed',
      `\`jidoka station add ${name}\` installs ${title} ${recommended} (${megabytes} MB, ${licence}).${how}`,
    );
  }
  const works = way !== null ? `works through ${way}` : own !== null ? 'is led to a gateway that has no model for it' : loginText(view);
  const text = [placeOf(view), works, acpText(view, views), givenText(view, drivers)].filter((part) => part !== '').join('; ');
  if (onFloor?.kind === 'missing') return say(false, `${text}; commands on the floor do not see it`, unseen(view, floor));
  if (own !== null) return say(way !== null, text, 'Mend the gateway: see below.');
  return say(way !== null || found === null || login.kind === 'seen' || login.kind === 'hidden', text, howToLogIn(view));
}

/** One that is only in the factory's folder is not called by its name. */
function howToLogIn({ login, found, program }: AgentView): string {
  const how = 'how' in login ? login.how : '';
  return found?.from === 'factory' ? how.replaceAll(`\`${program}`, () => `\`${found.path}`) : how;
}

function placeOf({ found, onFloor, recommended }: AgentView): string {
  if (found === null) return `on the floor, at ${onFloor?.kind === 'there' ? onFloor.path : ''}`;
  const tried = found.version === recommended ? '' : ` (${recommended} is the one that was tried)`;
  return `${found.version}${tried} ${found.from === 'factory' ? 'in the factory' : `at ${found.path}`}`;
}

function loginText({ login, use }: AgentView): string {
  switch (login.kind) {
    case 'seen': {
      const usable =
        use.kind === 'unfit' ? `of no use to stations: ${use.why}` : use.allowed ? 'stations may use it' : 'stations may not use it';
      return `logged in: ${login.where}, ${usable}`;
    }
    case 'hidden':
      return 'no login in files or variables; it may be in the key chain of the system';
    case 'none':
      return 'not logged in';
    case 'not-needed':
      return '';
  }
}

function acpText({ acp }: AgentView, views: readonly AgentView[]): string {
  if (acp.kind !== 'adapter') return acp.kind === 'own' ? 'speaks ACP' : '';
  const found = views.find(({ name }) => name === acp.name)?.found ?? null;
  return found === null ? `ACP by \`jidoka station add ${acp.name}\`` : `ACP by ${acp.name} ${found.version}`;
}

const words = { tools: 'its tools', asks: 'asking', sandbox: 'a sandbox of its own', nothing: 'nothing' } as const;

/** What keeps it to a role, and which budgets it holds: a line must not plan with more. */
function givenText({ name }: AgentView, drivers: readonly StationCapabilities[]): string {
  const found = drivers.find(({ driver }) => driver === name);
  if (found === undefined) return '';
  const { holds, budgets } = found;
  return `kept to "read" by ${words[holds.read]}, to "edit" by ${words[holds.edit]}; budgets of ${budgets.join(' and ') || 'none'}`;
}

function unseen({ name, program }: AgentView, floor: string): string {
  if (floor === 'container') return `Put \`${program}\` on PATH in the image of the floor.`;
  if (floor === 'ssh') return `Put \`${program}\` on PATH of the other machine.`;
  return `Commands behind walls see programs of the system and of the factory: \`jidoka station add ${name}\`.`;
}

function ofGateways({ found, silent }: LookedForGateways): Finding {
  const texts = found.map(({ url, how, models }) => `${models} models at ${url}${how === 'named' ? ', as JIDOKA_MODEL_URL says' : ''}`);
  if (silent !== null) {
    const mend = 'Look at JIDOKA_MODEL_URL and JIDOKA_MODEL_KEY: GET /v1/models there must answer.';
    return finding('optional', 'models', false, [`${silent} does not answer, and JIDOKA_MODEL_URL names it`, ...texts].join('; '), mend);
  }
  const mend =
    'Start Ollama, LM Studio or vLLM here, or name a server in JIDOKA_MODEL_URL, a provider too, with its key in JIDOKA_MODEL_KEY.';
  return finding('optional', 'models', texts.length > 0, texts.length === 0 ? 'no server of models answers' : texts.join('; '), mend);
}
