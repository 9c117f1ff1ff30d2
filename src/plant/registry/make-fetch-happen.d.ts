// What this room uses of make-fetch-happen 15 and of npm-registry-fetch 19 beside its types.
declare module 'make-fetch-happen' {
  interface FetchOptions {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
    readonly retry: { readonly retries: number };
    readonly [option: string]: unknown;
  }
  interface FetchedBody extends AsyncIterable<Buffer> {
    destroy(): void;
  }
  interface Fetched {
    readonly status: number;
    readonly headers: Iterable<readonly [string, string]> & { get(name: string): string | null };
    readonly body: FetchedBody;
  }
  export default function fetch(url: string, options: FetchOptions): Promise<Fetched>;
}

declare module 'npm-registry-fetch/lib/auth.js' {
  interface Auth {
    readonly token: string | null;
    readonly auth: string | null;
    readonly cert: string | null;
    readonly key: string | null;
  }
  /** The credentials that npm's settings hold for a URL; for one on the registry's host, those of the registry. */
  export default function getAuth(url: string, settings: Record<string, unknown>): Auth;
}
