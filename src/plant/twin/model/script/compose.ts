import { assertNever } from '../../../../core/base/assert-never.ts';
import type { Json } from '../../../../core/base/json.ts';
import type { ModelCall } from '../call.ts';
import type { ReplyCall, ReplyPart, Stop } from '../reply.ts';
import { actionsOf, type Step } from '../scenario/step.ts';
import { type Ground, translated, type Translation } from '../tools/translate.ts';
import { workingFolder } from '../tools/whereabouts.ts';
import type { Conversation, Position } from './conversation.ts';

/** One answer as the script wants it, and where the script stands after it. */
export interface Composed {
  readonly parts: readonly ReplyPart[];
  readonly stop: Stop;
  readonly after: Position;
  /** What could not be done as the script says; null where all could. */
  readonly note: string | null;
}

/** Answers that may go before a step: reads, and searches for a tool that is hidden. */
const mostRounds = 4;

/** Composes the next answer of a script. `id` is unique among all answers. */
export function composed({ script, position }: Conversation, call: ModelCall, id: string): Composed {
  const step = script.steps[position.step];
  if (step === undefined) return spoken('The script has no further step.', position, 'the script is at its end');
  const ground: Ground = {
    call,
    cwd: script.cwd ?? workingFolder(call),
    shown: (file) => {
      const reader = position.reads[file];
      // Some agents give calls an id of their own: then what was shown is not found again.
      return reader === undefined ? null : (resultOf(call, reader) ?? '');
    },
  };
  const translations = actionsOf(step).map((action) => translated(action, ground));
  const before = translations.filter(({ kind }) => kind === 'before');
  if (before.length > 0 && position.rounds < mostRounds) {
    const calls = callsOf(before, id, step);
    return {
      parts: calls.parts,
      stop: 'calls',
      after: { ...position, rounds: position.rounds + 1, reads: calls.readsWith(position) },
      note: null,
    };
  }
  return answered(step, { call, position, translations, id });
}

interface Made {
  readonly call: ModelCall;
  readonly position: Position;
  readonly translations: readonly Translation[];
  readonly id: string;
}

function answered(step: Step, { call, position, translations, id }: Made): Composed {
  const { parts: calls, readsWith } = callsOf(
    translations.filter(({ kind }) => kind === 'call'),
    id,
    step,
  );
  const faults = translations.flatMap((translation) => {
    if (translation.kind === 'call') return [];
    return [translation.kind === 'cannot' ? translation.why : `"${translation.tool.name}" did not bring what the step needs`];
  });
  const note = faults.length === 0 ? null : faults.join('; ');
  const forced = forcedCall(step, call, id);
  const parts = [
    ...wordsOf(step, call, forced === null),
    ...forcedParts(forced),
    ...calls,
    ...(note === null ? [] : [textPart(`I cannot go on: ${note}.`)]),
  ];
  const hasCalls = parts.some(({ kind }) => kind === 'call');
  return { parts, stop: step.stop ?? (hasCalls ? 'calls' : 'end'), after: next(step, { ...position, reads: readsWith(position) }), note };
}

function next(step: Step, position: Position): Position {
  const given = position.given + 1;
  const isOver = step.times !== 'forever' && given >= step.times;
  return { ...position, rounds: 0, ...(isOver ? { step: position.step + 1, given: 0 } : { given }) };
}

function callsOf(translations: readonly Translation[], id: string, { garble }: Step) {
  const made = translations.flatMap((translation, at): { part: ReplyCall; reads: string | null }[] => {
    switch (translation.kind) {
      case 'call':
      case 'before': {
        const { tool, input, reads } = translation;
        return [{ part: { kind: 'call', id: `call_${id}_${at}`, tool, input, garbled: garble && translation.kind === 'call' }, reads }];
      }
      case 'cannot':
        return [];
      default:
        return assertNever(translation);
    }
  });
  const readsWith = ({ reads }: Position): Position['reads'] => ({
    ...reads,
    ...Object.fromEntries(made.flatMap(({ part, reads: file }) => (file === null ? [] : [[file, part.id]]))),
  });
  return { parts: made.map(({ part }) => part), readsWith };
}

function wordsOf({ think, say, json }: Step, { mayThink }: ModelCall, asText: boolean): readonly ReplyPart[] {
  return [
    ...(think !== undefined && mayThink ? [{ kind: 'thought', text: think } as const] : []),
    ...(say === undefined ? [] : [textPart(say)]),
    ...(json === undefined || !asText ? [] : [textPart(JSON.stringify(json))]),
  ];
}

/** A value, where the request insists on one tool. */
function forcedCall({ json }: Step, { tools, toolChoice }: ModelCall, id: string): ReplyCall | null {
  if (json === undefined) return null;
  const only = toolChoice.kind === 'any' && tools.length === 1 ? tools[0] : undefined;
  const tool = toolChoice.kind === 'tool' ? tools.find(({ name }) => name === toolChoice.name) : only;
  return tool === undefined ? null : { kind: 'call', id: `call_${id}_json`, tool, input: json as Json, garbled: false }; // checked as JSON
}

function forcedParts(forced: ReplyCall | null): readonly ReplyPart[] {
  return forced === null ? [] : [forced];
}

function resultOf({ turns }: ModelCall, id: string): string | null {
  for (const { parts } of turns) for (const part of parts) if (part.kind === 'result' && part.id === id) return part.text;
  return null;
}

function spoken(text: string, after: Position, note: string): Composed {
  return { parts: [textPart(text)], stop: 'end', after, note };
}

function textPart(text: string): ReplyPart {
  return { kind: 'text', text };
}
