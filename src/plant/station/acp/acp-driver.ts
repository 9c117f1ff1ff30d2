import type { NewSessionRequest } from '@agentclientprotocol/sdk';
import type { Conversation } from '../../../core/ports/floor.ts';
import type { ToolReach } from '../../../core/station/role.ts';
import type { Driver, Talk, TurnEnd, Wire } from '../driver.ts';
import { at, textAt } from '../foreign.ts';
import { deskName, type AgentOrder, type PlacedFile, type Start } from '../harness/harness.ts';
import type { Connected } from './connection.ts';
import { leaveFor } from './permission.ts';
import { requestTrouble, stopTrouble } from './request-trouble.ts';
import { updatesOf, type Updates } from './updates.ts';

/** An agent that speaks the Agent Client Protocol: how it is started, and what of it is its own. */
export interface AcpAgent {
  /** 'acp:codex'. */
  readonly name: string;
  readonly start: (order: AgentOrder) => Start;
  readonly files: (order: AgentOrder) => readonly PlacedFile[];
  /** As a harness has it. */
  readonly skills?: string;
  /** Mode of a session, as the agent calls it; null leaves it in the one that it starts with. */
  readonly mode: (reach: ToolReach) => string | null;
  /** What a new session is given beside the protocol's own. */
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly countsSession: boolean;
  /** False where it is known that its sessions end with their process. */
  readonly resumes: boolean;
  /** Nobody knows where it would read a role, so that it is told in the first prompt. */
  readonly roleInPrompt?: boolean;
}

/** Drives any agent of the protocol: one process for the whole job, and a prompt for each turn. */
export function acpDriver(agent: AcpAgent): Driver {
  const { name, resumes, files, skills, roleInPrompt = false } = agent;
  const given = skills === undefined ? { roleInPrompt } : { roleInPrompt, skills };
  return { name, resumes, files, ...given, open: (order, wire) => openTalk(agent, order, wire) };
}

/** How long a process may take to end by itself, in milliseconds, and how long a turn, once it is cancelled. */
const graceMs = { end: 1_000, cancel: 5_000 };

interface Live extends Connected {
  readonly conversation: Conversation;
  readonly updates: Updates;
  readonly kill: AbortController;
  /** What it answered to our greeting. */
  greeted: Promise<unknown> | null;
  session: string | null;
  /** The program speaks, and the agent behind it is gone. */
  isHollow: boolean;
}

function openTalk(agent: AcpAgent, order: AgentOrder, wire: Wire): Talk {
  let live: Live | null = null;
  /** Session of an agent that died, which another process may go on with. */
  let lost: string | null = null;
  const end = async (): Promise<void> => {
    if (live === null) return;
    const { conversation, kill, connection } = live;
    live = null;
    conversation.end();
    const over = new AbortController();
    void wire.clock.sleep(graceMs.end, over.signal).then(() => kill.abort());
    await conversation.result;
    over.abort();
    connection.close();
  };
  const takeUp = async (session: string): Promise<void> => {
    live ??= await begin(agent, order, wire);
    await resume(live, session, { agent, order, wire });
  };
  return {
    takeUp,
    recalls: async () => {
      const session = lost;
      lost = null;
      if (live === null && session !== null) await takeUp(session);
      return live !== null && live.session !== null;
    },
    say: async (prompt) => {
      live ??= await begin(agent, order, wire);
      const said = await turn(live, { agent, order, wire, prompt });
      const isGone = said.exit !== null || live.isHollow;
      if (isGone && agent.resumes) lost = live.session;
      if (isGone || live.session === null) await end();
      return said;
    },
    end,
  };
}

async function begin(agent: AcpAgent, order: AgentOrder, wire: Wire): Promise<Live> {
  // The library builds its forms of every message when it is loaded: a quarter of a second that few processes need.
  const { connectTo } = await import('./connection.ts');
  const kill = new AbortController();
  const conversation = await wire.converse(agent.start(order), kill.signal);
  const updates = updatesOf(agent);
  const tellAll = (events: ReturnType<Updates['rest']>): void => {
    for (const event of events) wire.tell(event);
  };
  const connected = connectTo(conversation, wire, {
    update: (update) => tellAll(updates.read(update)),
    permission: (request) => {
      tellAll(updates.rest());
      tellAll(updates.calls.take(at(request, 'toolCall'), 'asked'));
      const id = textAt(request, 'toolCall', 'toolCallId');
      const { kind, title } = updates.calls.view(id);
      const { answer, outcome } = leaveFor(kind, order.tools, at(request, 'options'));
      if (answer === 'refused') updates.calls.refused(id);
      wire.tell({ type: 'permission', asked: title, answer });
      return { outcome };
    },
  });
  return { ...connected, conversation, updates, kill, greeted: null, session: null, isHollow: false };
}

interface Said {
  readonly agent: AcpAgent;
  readonly order: AgentOrder;
  readonly wire: Wire;
  readonly prompt: string;
}

/** One turn; the first begins the session. What the agent answers with an error is told, and the turn is over. */
async function turn(live: Live, { agent, order, wire, prompt }: Said): Promise<TurnEnd> {
  const { connection, methods, updates } = live;
  const stop = cancelling(live, wire);
  try {
    const session = live.session ?? (await newSession(live, agent, order));
    if (live.session === null) wire.tell({ type: 'session.started', session, model: order.model });
    live.session = session;
    const asked = { sessionId: session, prompt: [{ type: 'text' as const, text: prompt }] };
    const answer: unknown = await connection.agent.request(methods.session.prompt, asked);
    for (const event of [...updates.ended(answer), ...stopTrouble(textAt(answer, 'stopReason'))]) wire.tell(event);
    return { exit: null, stderr: '' };
  } catch (error) {
    for (const event of updates.rest()) wire.tell(event);
    const over = await overBy(live);
    if (over !== null) return over;
    const trouble = requestTrouble(error);
    live.isHollow = trouble.class === 'crash';
    wire.tell(trouble);
    return { exit: null, stderr: '' };
  } finally {
    stop();
  }
}

/** How the program ended, where an unanswered request is due to that; null where it runs on. */
async function overBy({ connection, silent, conversation }: Live): Promise<TurnEnd | null> {
  if (!connection.signal.aborted) return null;
  await silent;
  const { exit, stderr } = await conversation.result;
  return { exit, stderr };
}

/** Goes on with a session of a process that is gone, where the agent can and has it; the next prompt begins one otherwise. */
async function resume(live: Live, session: string, { agent, order, wire }: Omit<Said, 'prompt'>): Promise<void> {
  try {
    const capability = at(await greet(live), 'agentCapabilities', 'sessionCapabilities', 'resume');
    if (capability === undefined || capability === null) return;
    await live.connection.agent.request(live.methods.session.resume, { sessionId: session, ...surroundings(agent, order) });
    await setMode(live, session, agent.mode(order.tools));
    live.session = session;
    wire.tell({ type: 'session.started', session, model: order.model });
  } catch (error) {
    wire.tell({ type: 'notice', text: `The session ${session} was not gone on with: ${String(error)}` });
  }
}

async function newSession(live: Live, agent: AcpAgent, order: AgentOrder): Promise<string> {
  await greet(live);
  const { sessionId } = await live.connection.agent.request(live.methods.session.new, surroundings(agent, order));
  await setMode(live, sessionId, agent.mode(order.tools));
  return sessionId;
}

function greet(live: Live): Promise<unknown> {
  live.greeted ??= live.connection.agent.request(live.methods.initialize, live.hello);
  return live.greeted;
}

function surroundings({ meta }: AcpAgent, { root, reach }: AgentOrder): NewSessionRequest {
  const desk = { type: 'http' as const, name: deskName, url: reach.report, headers: [] };
  return { cwd: root, mcpServers: [desk], ...(meta === undefined ? {} : { _meta: meta }) };
}

async function setMode({ connection, methods }: Live, sessionId: string, modeId: string | null): Promise<void> {
  if (modeId !== null) await connection.agent.request(methods.session.setMode, { sessionId, modeId });
}

/** Asks the agent to stop when we have heard enough of it, and ends it where it does not. */
function cancelling(live: Live, { enough, clock }: Wire): () => void {
  const over = new AbortController();
  const cancel = (): void => {
    const { session, connection, methods, kill } = live;
    if (session !== null) void connection.agent.notify(methods.session.cancel, { sessionId: session }).catch(() => undefined); // it is ended then
    void clock.sleep(graceMs.cancel, over.signal).then(() => (over.signal.aborted ? undefined : kill.abort()));
  };
  enough.addEventListener('abort', cancel, { once: true });
  return () => {
    over.abort();
    enough.removeEventListener('abort', cancel);
  };
}
