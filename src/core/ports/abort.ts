// Core is compiled without the types of any host; this names the one host type that ports speak of.
// Where the host's own types are present the two declarations merge.
declare global {
  interface AbortSignal {
    readonly aborted: boolean;
  }
}
export {};
