import { JidokaError } from '../../../../core/base/error.ts';
import type { GateView } from '../../../../core/ports/factory.ts';
import { type Answer, type Call, type CommandRecord, jsonOption, type OptionRecord } from '../../command.ts';
import { goesOnText, heirOf } from '../../live/heir.ts';
import { plain } from '../../page.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { acting, tokenOption } from '../acting.ts';
import { closedText } from './gate-text.ts';

const gateArgument = { syntax: '<gate>', description: 'id of the gate, as `jidoka gates` lists it, or the beginning of it' } as const;
const digestOption: OptionRecord = {
  flags: '--digest <digest>',
  description: 'evidence that you looked at; refused where the gate is about other evidence by now',
};
const common = [digestOption, tokenOption, jsonOption] as const;

/** `jidoka approve`: lets a run go on. */
export const approve: CommandRecord = {
  path: ['approve'],
  summary: 'approve what stands at a gate; its run goes on',
  arguments: [gateArgument],
  options: [{ flags: '--note <text>', description: 'words for the record' }, ...common],
  examples: ['approve deps-ms-2.1.3-1f0c9a2b/review/1'],
  run: (call) => answerGate(call, 'approve', call.text('note') ?? ''),
};

/** `jidoka reject`: sends the work back, or ends the run where its line has no way back. */
export const reject: CommandRecord = {
  path: ['reject'],
  summary: 'reject what stands at a gate, saying what is to be done',
  arguments: [gateArgument],
  options: [{ flags: '--note <text>', description: 'what is wrong, and what is to be done', required: true }, ...common],
  examples: ["reject deps-ms-2.1.3-1f0c9a2b/review/1 --note 'keep the old default'"],
  run: (call) => answerGate(call, 'reject', call.text('note') ?? ''),
};

/** `jidoka answer`: answers a question that a run asked. */
export const answer: CommandRecord = {
  path: ['answer'],
  summary: 'answer the question of a gate',
  arguments: [gateArgument, { syntax: '[text]', description: 'the answer, unless --note gives it' }],
  options: [{ flags: '--note <text>', description: 'the answer' }, ...common],
  examples: ["answer task-retry-4f1d2c3b/ask/1 'three times, then give up'"],
  run: (call) => answerGate(call, 'answer', answerOf(call)),
};

function answerOf(call: Call): string {
  const [texts, note] = [call.arguments.slice(1), call.text('note')];
  const [text] = [...texts, ...(note === null ? [] : [note])];
  if (text !== undefined && (texts.length === 0 || note === null)) return text;
  throw new JidokaError('usage', text === undefined ? 'There is no answer.' : 'There are two answers.', {
    mend: "Give it once: jidoka answer GATE 'the answer'.",
  });
}

async function answerGate(call: Call, choice: 'approve' | 'reject' | 'answer', note: string): Promise<Answer> {
  const [id = ''] = call.arguments;
  const { gate, heir } = await acting(call, async (factory, actor) => ({
    gate: await factory.gates.answer(id, { choice, note, digest: call.text('digest'), actor }),
    heir: await heirOf(factory),
  }));
  return { exitCode: 0, document: gate, text: () => answeredText(gate, heir, sameFactoryCommand(call)) };
}

function answeredText(gate: GateView, heir: string | null, self: string): string {
  return `${closedText(gate)}\n${plain(gate.title)}: ${goesOnText(gate.run, heir, self)}`;
}
