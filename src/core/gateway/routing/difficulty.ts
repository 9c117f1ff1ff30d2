import type { Features, JobSeen } from './features.ts';

/**
 * How much each feature says, positive for harder. Text and size of a repository hardly tell whether a model will solve a job
 * (AUC 0.5 to 0.6 on public outcomes), what an agent did so far tells more (about two thirds): the weights are small on purpose, and
 * a chance that was learned from verdicts moves a choice more than they do.
 */
const weights: Readonly<Record<keyof Features, number>> = {
  length: 0.1,
  hasStackTrace: -0.1,
  hasCode: -0.05,
  namesFiles: -0.1,
  calls: 0.3,
  failing: 0.25,
  size: 0.15,
  mix: 0.05,
};

const names = Object.keys(weights) as readonly (keyof Features)[];

/** How hard a job looks, from 0 to 1; 0.5 says nothing. */
export function difficultyOf(features: Features): number {
  const sum = names.reduce((total, name) => total + weights[name] * features[name], 0);
  return Math.min(1, Math.max(0, 0.5 + sum / 2));
}

/** What each feature adds to it, for those who ask why. */
export function difficultyParts(features: Features): Readonly<Record<keyof Features, number>> {
  const parts = names.map((name) => [name, features[name] === 0 ? 0 : (weights[name] * features[name]) / 2] as const);
  return Object.fromEntries(parts) as Readonly<Record<keyof Features, number>>;
}

/** A turn that any model can do: a few words to say, nothing to look up. The fastest model of a slot takes it. */
export function isSimpleTurn({ messages, toolCalls }: Pick<JobSeen, 'messages' | 'toolCalls'>): boolean {
  const last = messages.at(-1) ?? '';
  return toolCalls.length === 0 && last.length > 0 && last.length <= 200 && !/[`{}<>]|\.[a-z]{1,4}\b|\berror\b/i.test(last);
}

/** What an agent does when it is stuck; observed and recorded, and no reason to change a model by itself. */
export type RescueSign = 'same-command-fails' | 'red-for-long' | 'edit-undone';

export function rescueSigns(toolCalls: JobSeen['toolCalls']): readonly RescueSign[] {
  const recent = toolCalls.slice(-30);
  const failed = recent.filter((one) => one.failed);
  const same = failed.some(({ call }) => failed.filter((other) => other.call === call).length >= 3);
  const last = toolCalls.slice(-8);
  const isRed = last.length === 8 && last.every((one) => one.failed);
  return [
    ...(same ? (['same-command-fails'] as const) : []),
    ...(isRed ? (['red-for-long'] as const) : []),
    ...(undoesAnEdit(recent) ? (['edit-undone'] as const) : []),
  ];
}

/** A text that was changed is put back as it was. */
function undoesAnEdit(toolCalls: JobSeen['toolCalls']): boolean {
  const edits = toolCalls.flatMap(({ edit, failed }) => (edit === undefined || failed ? [] : [edit]));
  return edits.some(({ file, from, to }, at) =>
    edits.slice(0, at).some((before) => before.file === file && before.from === to && before.to === from && from !== to),
  );
}
