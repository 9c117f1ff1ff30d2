import { isSimpleTurn } from './difficulty.ts';
import type { JobSeen } from './features.ts';

/**
 * In which order the models of a slot are asked for one turn: a simple one goes to the fastest of them by what was seen; one that was never
 * seen is tried before, or nobody would ever know. Any other turn leaves the order as it is. A turn within a session of tools is never simple.
 *
 * @example
 * orderForTurn(['strong', 'cheap'], { messages: ['Name this chat.'], toolCalls: [] }, { strong: 900, cheap: 200 }); // ['cheap', 'strong']
 */
export function orderForTurn(
  models: readonly string[],
  turn: Pick<JobSeen, 'messages' | 'toolCalls'>,
  /** Milliseconds in which a whole short answer is to be expected, by model. */
  shortAnswerMs: Readonly<Record<string, number | undefined>>,
): readonly string[] {
  if (!isSimpleTurn(turn)) return models;
  const ofModel = (name: string): number => (Object.hasOwn(shortAnswerMs, name) ? shortAnswerMs[name] : undefined) ?? -1;
  return models.toSorted((left, right) => ofModel(left) - ofModel(right));
}
