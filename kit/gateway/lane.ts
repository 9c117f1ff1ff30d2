/** The model APIs between which a lane translates. */
export const laneProtocols = ['messages', 'responses', 'chat', 'gemini'] as const;
export type LaneProtocol = (typeof laneProtocols)[number];

/** Pairs of a caller's API and an upstream's that differ. */
export const lanePairs: readonly (readonly [LaneProtocol, LaneProtocol])[] = laneProtocols.flatMap((from) =>
  laneProtocols.filter((to) => to !== from).map((to) => [from, to] as const),
);

export interface LaneTarget {
  readonly model: string;
  readonly family: string;
  readonly maxOutputTokens: number | null;
  readonly thinking: 'none' | 'budget' | 'effort';
  readonly images: boolean;
  readonly cacheMarks: boolean;
  readonly cacheKey: string | null;
  readonly completionTokens: boolean;
}

export interface LaneUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export type LaneCall<Plan> =
  | {
      readonly kind: 'call';
      readonly body: unknown;
      readonly stream: boolean;
      readonly leftOut: readonly string[];
      readonly reply: Plan;
    }
  | { readonly kind: 'refused'; readonly message: string };

export interface LaneStream {
  take(bytes: Uint8Array): string;
  end(): string;
  seen(): {
    readonly content: boolean;
    readonly usage: LaneUsage | null;
    readonly stop: string | null;
    readonly fault: { readonly kind: string } | null;
  };
}

export type LaneWhole =
  | { readonly kind: 'answer'; readonly body: unknown; readonly usage: LaneUsage | null }
  | { readonly kind: 'fault'; readonly fault: { readonly kind: string; readonly message: string } };

export interface LaneWorld {
  newId(): string;
  now(): number;
}

/** What translates requests and answers. */
export interface Lane<Plan> {
  translate(request: {
    readonly from: LaneProtocol;
    readonly to: LaneProtocol;
    readonly body: unknown;
    readonly asked: { readonly model: string | null; readonly stream: boolean | null };
    readonly target: LaneTarget;
  }): LaneCall<Plan>;
  replyStream(plan: Plan, world: LaneWorld): LaneStream;
  replyWhole(plan: Plan, text: string, world: LaneWorld): LaneWhole;
}

/** A target that takes everything, but for what is said. */
export function laneTarget(more: Partial<LaneTarget> = {}): LaneTarget {
  return {
    model: 'upstream-model',
    family: 'upstream',
    maxOutputTokens: 16_000,
    thinking: 'effort',
    images: true,
    cacheMarks: true,
    cacheKey: null,
    completionTokens: false,
    ...more,
  };
}

/** A world whose ids are counted and whose clock stands. */
export function laneWorld(): LaneWorld {
  let count = 0;
  return {
    newId: () => {
      count += 1;
      return `n${count}`;
    },
    now: () => 1_767_225_600,
  };
}
