/** How requests are made by a login. It holds the secret itself, and lives no longer than a request. */
export interface Pass {
  readonly kind: 'pass';
  readonly base: string;
  /** What stands in front of the path as agents ask for it, and is not there at this base: '/v1'. */
  readonly without: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Editions of the protocol that whoever is proved so must name, beside those that are asked for. */
  readonly betas: readonly string[];
  /** What proves the owner, and where it lies. */
  readonly by: string;
}

export interface NoPass {
  readonly kind: 'none';
  readonly why: string;
  readonly mend: string;
}

export type PassFound = Pass | NoPass;

/** A pass by a bearer's token. */
export function bearer(base: string, token: string, by: string): Pass {
  return { kind: 'pass', base, without: '', headers: { authorization: `Bearer ${token}` }, betas: [], by };
}

/** No pass: what is wrong, and what to do about it. */
export function noPass(why: string, mend: string): NoPass {
  return { kind: 'none', why, mend };
}
