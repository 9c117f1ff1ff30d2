/** The model APIs between which a lane translates. */
export const laneProtocols = ['messages', 'responses', 'chat', 'generate-content'] as const;
export type LaneProtocol = (typeof laneProtocols)[number];

/** What an upstream is asked in: one of these, or the calls of a package of the AI SDK. */
export const laneTongues = [...laneProtocols, 'sdk'] as const;
export type LaneTongue = (typeof laneTongues)[number];

/** Pairs of a caller's API and an upstream's that differ. */
export const lanePairs: readonly (readonly [LaneProtocol, LaneProtocol])[] = laneProtocols.flatMap((from) =>
  laneProtocols.filter((to) => to !== from).map((to) => [from, to] as const),
);

/** The same, with upstreams that a package speaks to. */
export const tonguePairs: readonly (readonly [LaneProtocol, LaneTongue])[] = laneProtocols.flatMap((from) =>
  laneTongues.filter((to) => to !== from).map((to) => [from, to] as const),
);

export interface LaneUpstream {
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

export type LaneCall<Terms> =
  | {
      readonly kind: 'call';
      readonly body: unknown;
      readonly stream: boolean;
      readonly leftOut: readonly string[];
      readonly reply: Terms;
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
export interface Lane<Terms> {
  translate(request: {
    readonly from: LaneProtocol;
    readonly to: LaneTongue;
    readonly body: unknown;
    readonly asked: { readonly model: string | null; readonly stream: boolean | null };
    readonly upstream: LaneUpstream;
  }): LaneCall<Terms>;
  replyStream(terms: Terms, world: LaneWorld): LaneStream;
  replyWhole(terms: Terms, text: string, world: LaneWorld): LaneWhole;
}

/** A upstream that takes everything, but for what is said. */
export function laneUpstream(more: Partial<LaneUpstream> = {}): LaneUpstream {
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
