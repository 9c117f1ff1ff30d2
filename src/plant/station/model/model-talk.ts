import type { ToolDesk } from '../../../core/ports/stations/report-desk.ts';
import type { Talk, TurnEnd, Wire } from '../driver.ts';
import { at, listAt, textAt, jsonAt } from '../foreign.ts';
import { hearLines } from '../session/hear-lines.ts';
import { askCommand, questionLine } from './ask-program.ts';
import type { NamedModel } from './model-named.ts';
import type { Answered, ShownTool, Turn } from './protocol.ts';
import { understood } from './understand.ts';

export interface ModelTalkOptions extends NamedModel {
  /** The workspace, as the desk knows it. */
  readonly job: string;
  readonly system: string;
  readonly desk: ToolDesk;
}

/**
 * A conversation with a model that has one tool, the desk's own, and no others. What it calls that tool with is handed in
 * at the desk as an agent would, and what the desk answers is what it reads next.
 */
export function modelTalk(options: ModelTalkOptions, wire: Wire): Talk {
  const turns: Turn[] = [];
  return {
    takeUp: async () => undefined,
    recalls: async () => true,
    say: async (prompt) => {
      turns.push({ kind: 'user', text: prompt });
      const tool = await shownTool(options);
      const { line, end } = await ask(options, wire, { turns, tool });
      const found = line === null ? null : understood(line, options.protocol);
      if (found?.kind === 'error') wire.tell(found.error);
      if (found?.kind === 'answer') turns.push(...(await handIn(found.answer, options, { wire, tool })));
      return end;
    },
    end: async () => undefined,
  };
}

/** The tool as the desk shows it to whoever asks. */
async function shownTool({ desk, job }: ModelTalkOptions): Promise<ShownTool> {
  const answer = await desk.answer(job, { jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const tool = at(answer, 'result', 'tools', 0);
  return { name: textAt(tool, 'name'), description: textAt(tool, 'description'), inputSchema: jsonAt(tool, 'inputSchema') as object };
}

interface Asked {
  readonly turns: readonly Turn[];
  readonly tool: ShownTool;
}

async function ask(
  { model, protocol, system }: ModelTalkOptions,
  wire: Wire,
  { turns, tool }: Asked,
): Promise<{ readonly line: unknown; readonly end: TurnEnd }> {
  const body = protocol.body({ model, system, tool, turns });
  const conversation = await wire.converse({ argv: askCommand, env: {} }, wire.enough);
  // Not waited for: one that does not read while it writes would wait for us, and we for it.
  void conversation.write(questionLine(protocol, body)).then(() => conversation.end());
  let line: unknown = null;
  await hearLines(conversation.output, wire, (told) => {
    line = told;
  });
  const { exit, stderr } = await conversation.result;
  return { line, end: { exit, stderr } };
}

interface HandingIn {
  readonly wire: Wire;
  readonly tool: ShownTool;
}

/** Hands in what the tool was called with, whatever it was called by: there is no other. Returns what was said. */
async function handIn(answer: Answered, { desk, job }: ModelTalkOptions, { wire, tool }: HandingIn): Promise<readonly Turn[]> {
  const { raw, call, words, model, usage } = answer;
  wire.tell({ type: 'session.started', session: job, model });
  if (usage !== null) wire.tell(usage);
  if (words !== '') wire.tell({ type: 'message', text: words });
  if (call === null) return [{ kind: 'model', raw }];
  const { id, name, input } = call;
  wire.tell({ type: 'tool.started', id, name, kind: 'report', title: name, input: jsonAt(input) });
  const said = await desk.answer(job, { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: tool.name, arguments: input } });
  const isError = at(said, 'result', 'isError') !== false;
  const text = textAt(listAt(said, 'result', 'content')[0], 'text') || textAt(said, 'error', 'message');
  wire.tell({ type: 'tool.ended', id, status: isError ? 'error' : 'ok', output: text });
  return [
    { kind: 'model', raw },
    { kind: 'result', id, text, isError },
  ];
}
