/** What is seen of a job before a model is chosen for it. */
export interface JobSeen {
  /** What people and the factory wrote, oldest first. */
  readonly messages: readonly string[];
  /** Tools that the agent called last, oldest first. */
  readonly toolCalls: readonly ToolCall[];
  readonly repository: {
    readonly files: number;
    /** How much of it there is by language: bytes, or files. */
    readonly languages: Readonly<Record<string, number>>;
  };
}

export interface ToolCall {
  /** The tool with its arguments, so that the same call is the same text. */
  readonly call: string;
  readonly failed: boolean;
  /** What it put in the place of what, where it changed a text. */
  readonly edit?: { readonly file: string; readonly from: string; readonly to: string };
}

/** What of it may tell how hard the job is; each from 0 to 1, so that weights can be compared. */
export interface Features {
  /** Length of what was written: 0 for a sentence, 1 from some 4000 words. */
  readonly length: number;
  readonly hasStackTrace: number;
  readonly hasCode: number;
  /** Files that are named: 0 for none, 1 from five. */
  readonly namesFiles: number;
  /** Tool calls so far: 1 from a hundred. */
  readonly calls: number;
  /** Share of the last twenty calls that failed. */
  readonly failing: number;
  /** Files of the repository: 0 for one, 1 from 100,000. */
  readonly size: number;
  /** How mixed its languages are: 0 for one, 1 for four or more of like weight. */
  readonly mix: number;
}

/**
 * Looks at a job. Text is read in time that grows with it and no more, and of long ones only the beginning.
 *
 * @example
 * featuresOf({ messages: ['Fix src/a.ts'], toolCalls: [], repository: { files: 12, languages: { ts: 900 } } }).namesFiles; // 0.2
 */
export function featuresOf({ messages, toolCalls, repository }: JobSeen): Features {
  const text = messages.join('\n').slice(0, mostCharacters);
  const recent = toolCalls.slice(-20);
  return {
    length: logarithmic(text.split(/\s+/).length, { from: 10, to: 4000 }),
    hasStackTrace: /^[ \t]{0,40}(?:at \S{1,300} ?\(|at \S{1,300}:\d|File "[^"\n]{1,300}", line \d|Traceback )/m.test(text) ? 1 : 0,
    hasCode: /^```/m.test(text) ? 1 : 0,
    namesFiles: Math.min(1, new Set(text.match(pathLike) ?? []).size / 5),
    calls: Math.min(1, toolCalls.length / 100),
    failing: recent.length === 0 ? 0 : recent.filter(({ failed }) => failed).length / recent.length,
    size: logarithmic(repository.files, { from: 1, to: 100_000 }),
    mix: mixOf(Object.values(repository.languages)),
  };
}

const mostCharacters = 256 * 1024;
const pathLike = /(?<![\w/.-])(?:[\w.-]{1,60}\/){0,12}[\w.-]{1,60}\.[a-z]{1,5}(?=$|[\s,;:)`'"])/gm;

function logarithmic(count: number, { from, to }: { readonly from: number; readonly to: number }): number {
  return Math.min(1, Math.max(0, Math.log(Math.max(count, 1) / from) / Math.log(to / from)));
}

/** Entropy of the shares, of which four equal ones make one. */
function mixOf(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  if (total === 0) return 0;
  const bits = weights.filter((weight) => weight > 0).reduce((sum, weight) => sum - (weight / total) * Math.log2(weight / total), 0);
  return Math.min(1, bits / 2);
}
