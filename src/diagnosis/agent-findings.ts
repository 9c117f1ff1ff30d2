import type { AgentLogin } from '../core/ports/stations/agents.ts';
import type { AgentView, Finding } from '../core/ports/factory.ts';
import type { StationCapabilities } from '../core/station/capabilities.ts';
import { finding } from './finding.ts';
import type { LookedForGateways, ModelGateway } from './model-gateways.ts';

/** Where agents work, and what is known of the drivers that drive them there. */
export interface AgentGround {
  /** Kind of the floor. */
  readonly floor: string;
  readonly drivers: readonly StationCapabilities[];
}

/** Tells of the agents that are here or ought to be, of servers of models, and how far one comes with them. */
export function agentFindings(views: readonly AgentView[], gateways: LookedForGateways, ground: AgentGround): readonly Finding[] {
  const agents = views.filter(({ adapterOf }) => adapterOf === null);
  const shown = agents.filter((view) => view.class === 'first' || isHere(view));
  return [rung(agents, gateways), ...shown.map((view) => ofAgent(view, views, ground)), ofGateways(gateways)];
}

/** The ladder: nothing at all, an agent with a login that no job sees, an agent with a server of models. */
function rung(agents: readonly AgentView[], { found: [gateway] }: LookedForGateways): Finding {
  const here = agents.filter(isUsable);
  const ready = here.filter(({ login }) => login.kind === 'seen').map(({ name }) => name);
  const of = (number: number, what: string): string => `rung ${number} of 3: ${what}`;
  if (gateway?.how === 'named' && here.length > 0) {
    const names = here.map(({ name }) => name).join(', ');
    return finding('optional', 'stations', true, of(3, `${names} with the models at ${gateway.url}`));
  }
  const next = gateway === undefined ? 'a server of models in JIDOKA_MODEL_URL' : `JIDOKA_MODEL_URL=${gateway.url}`;
  if (ready.length > 0) {
    const mend = `Name ${next}, with its key in JIDOKA_MODEL_KEY: that is the one way out of a job to a model.`;
    return finding('optional', 'stations', false, of(2, `${ready.join(', ')} is logged in, and no job sees that login`), mend);
  }
  const judges = gateway?.how === 'named' ? `model:NAME judges with the models at ${gateway.url}` : 'no model works here';
  const found = of(1, `scripted and replay stations, labelled so; ${judges}`);
  return finding('optional', 'stations', false, found, nextRung(agents, here[0] ?? null, gateway ?? null));
}

function nextRung(agents: readonly AgentView[], here: AgentView | null, gateway: ModelGateway | null): string {
  const install = agents[0] === undefined ? '' : `Install an agent: \`jidoka station add ${agents[0].name}\`.`;
  const name = gateway === null ? '' : `JIDOKA_MODEL_URL=${gateway.url} lets stations use the models there.`;
  if (here === null) return [install, gateway?.how === 'local' ? name : ''].filter((step) => step !== '').join('\n');
  return [howToLogIn(here), gateway === null ? 'Or name a server of models in JIDOKA_MODEL_URL.' : name]
    .filter((step) => step !== '')
    .join('\n');
}

function isHere({ found, onFloor }: AgentView): boolean {
  return found !== null || onFloor?.kind === 'there';
}

function isUsable(view: AgentView): boolean {
  return isHere(view) && view.onFloor?.kind !== 'missing';
}

function ofAgent(view: AgentView, views: readonly AgentView[], { floor, drivers }: AgentGround): Finding {
  const { name, title, found, onFloor, login, recommended, megabytes, licence } = view;
  const say = (ok: boolean, text: string, mend = ''): Finding => finding('optional', `agent ${name}`, ok, text, mend);
  if (!isHere(view)) {
    const how = 'how' in login ? `\nThen log in: ${login.how}` : '';
    return say(
      false,
      'not installed',
      `\`jidoka station add ${name}\` installs ${title} ${recommended} (${megabytes} MB, ${licence}).${how}`,
    );
  }
  const text = [placeOf(view), loginText(login), acpText(view, views), givenText(view, drivers)].filter((part) => part !== '').join('; ');
  if (onFloor?.kind === 'missing') return say(false, `${text}; commands on the floor do not see it`, unseen(view, floor));
  return say(found === null || login.kind === 'seen' || login.kind === 'hidden', text, howToLogIn(view));
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

function loginText(login: AgentLogin): string {
  switch (login.kind) {
    case 'seen':
      return `logged in: ${login.where}`;
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
