/**
 * Names of packages, or of tarballs, that one workspace asked for. Names are the one thing that its requests carry out
 * freely, so names that no registry knows are counted; past the limit, only what was found before is asked for.
 */
export interface KnownNames {
  /**
   * Resolves when a name may be asked for, false where it may not: of names that nobody knows yet, no more are asked for at
   * once than may turn out unknown. Whoever is let through tells by `learn`.
   */
  admit(name: string): Promise<boolean>;
  /** Takes note of an answer's status; null where there was none. */
  learn(name: string, status: number | null): void;
}

/** Starts knowing none. */
export function knownNames(mostUnknown: number): KnownNames {
  const known = new Set<string>();
  const unknown = new Set<string>();
  const asked = new Map<string, number>();
  let waiting: (() => void)[] = [];
  const isCounted = (name: string): boolean => known.has(name) || asked.has(name) || (unknown.has(name) && unknown.size < mostUnknown);
  return {
    async admit(name) {
      while (!isCounted(name) && unknown.size + asked.size >= mostUnknown) {
        if (unknown.size >= mostUnknown) return false;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      asked.set(name, (asked.get(name) ?? 0) + 1);
      return true;
    },
    learn(name, status) {
      const others = (asked.get(name) ?? 1) - 1;
      if (others === 0) asked.delete(name);
      else asked.set(name, others);
      if (status !== null && status < 400) known.add(name);
      else if (status !== null && isUnknown(status) && !known.has(name)) unknown.add(name);
      if (known.has(name)) unknown.delete(name);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
  };
}

/** A registry may hide what is not there behind other words; only of its own trouble it says nothing by these. */
function isUnknown(status: number): boolean {
  return status < 500 && status !== 408 && status !== 429;
}
