import type { Readable } from 'node:stream';

/** The owner's package registries, with all that the owner's settings say of how to reach them. */
export interface Upstreams {
  /** The default registry first (scope null), then one for each scope that has its own. */
  registries(): Promise<readonly UpstreamRegistry[]>;
  /**
   * Gets what is at an http(s) URL of a registry, or that the registry named; redirects are followed. Credentials are
   * added where they belong. Never throws for what an upstream does.
   */
  get(url: string, ask: UpstreamRequest): Promise<UpstreamAnswer>;
}

export interface UpstreamRegistry {
  /** '@org', or null for the packages without a registry of their own. */
  readonly scope: string | null;
  /** With a trailing slash. */
  readonly url: string;
}

export interface UpstreamRequest {
  readonly registry: UpstreamRegistry;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export type UpstreamAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** Decoded, whatever content-encoding the headers tell of. */
      readonly body: Readable;
    }
  /** `what` is safe to show: it quotes no URL, header or body. */
  | { readonly kind: 'failed'; readonly class: 'network' | 'timeout' | 'refused'; readonly what: string };
