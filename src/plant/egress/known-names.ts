/**
 * Names of packages that one workspace asked for. Names are the one thing that its requests carry out freely, so names
 * that no registry knows are counted; past the limit, only packages that were found before are asked for.
 */
export interface KnownNames {
  mayAsk(name: string): boolean;
  /** Takes note of an answer's status. */
  learn(name: string, status: number): void;
}

/** Starts knowing none. */
export function knownNames(mostUnknown: number): KnownNames {
  const known = new Set<string>();
  const unknown = new Set<string>();
  return {
    mayAsk: (name) => known.has(name) || unknown.size < mostUnknown,
    learn(name, status) {
      if (status < 400) known.add(name);
      else if (status === 404 && !known.has(name)) unknown.add(name);
    },
  };
}
