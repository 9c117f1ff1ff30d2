/** What a translation could not carry over. */
export interface Remarks {
  /** The request cannot be translated; the sentence goes to the caller. */
  refuse(why: string): void;
  /** Something that the answer can do without was left out; the gateway puts that on record. */
  leaveOut(what: string): void;
}

export interface KeptRemarks extends Remarks {
  readonly refusals: readonly string[];
  readonly leftOut: ReadonlySet<string>;
}

/** Remarks that can be read afterwards. */
export function keepRemarks(): KeptRemarks {
  const refusals: string[] = [];
  const leftOut = new Set<string>();
  return {
    refusals,
    leftOut,
    refuse: (why) => void refusals.push(why),
    leaveOut: (what) => void leftOut.add(what),
  };
}
