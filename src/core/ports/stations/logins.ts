/**
 * Lets stations think with what the owner is logged in with at an agent. Nothing of a login is copied or kept: it is read where it lies,
 * for each request, outside of every workspace.
 */
export interface Logins {
  /** What calls by the login of an agent would be now. */
  look(agent: string): Promise<LoginUse>;
  /** Names of the agents whose logins may be used, fit or not. */
  allowed(): Promise<readonly string[]>;
  /** Lets stations use it from now on. Throws `login-unfit` where no request could be made by it. */
  allow(agent: string): Promise<LoginUse>;
  /** Ends that; false where it was not allowed. */
  forbid(agent: string): Promise<boolean>;
}

/** What stations can do with the login of an agent. */
export type LoginUse =
  | {
      readonly kind: 'fit';
      readonly allowed: boolean;
      /** Base of the API to which requests go. */
      readonly to: string;
      /** What proves the owner there, and where it lies: 'the key in CODEX_API_KEY'. Never the thing itself. */
      readonly by: string;
    }
  | {
      readonly kind: 'unfit';
      readonly allowed: boolean;
      /** 'it ran out at 2026-11-30T10:00:00.000Z' */
      readonly why: string;
      /** What to do about it, as a sentence. */
      readonly mend: string;
    };
