/**
 * What a confined command may reach of the world: capabilities behind one socket of its own, never hosts. The socket is
 * the identity; whoever is behind it needs no secret, and none is ever handed in.
 */
export interface Egress {
  /** Serves one workspace at a socket until closed. Throws `workspace-failed` where the socket cannot be made. */
  serve(gate: EgressOrder): Promise<EgressGate>;
}

export interface EgressOrder {
  /** Absolute path of the socket to listen on; its folder exists. */
  readonly socket: string;
  /** Who may connect, beside the factory itself; null where commands run as the factory does. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** Told of each request that was refused, once per distinct refusal. */
  readonly refused: (refusal: EgressRefusal) => void;
}

export interface EgressGate {
  /**
   * Environment for a command to which the socket is answered at `http://127.0.0.1:<port>`: which registry to ask for
   * which packages. Holds no secret.
   */
  environment(port: number): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A request that no capability covers. */
export interface EgressRefusal {
  /** 'PUT /npm/left-pad', without query and without anything secret. */
  readonly request: string;
  /** Which rule refused it, for people. */
  readonly why: string;
}
