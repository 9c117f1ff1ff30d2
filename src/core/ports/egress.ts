import type { RepositorySnapshot } from '../packet/seed.ts';

/** What a workspace can be given of the world: packages of the registries, the model gateway, the job's own refs, the report desk. */
export const egressRoutes = ['npm', 'model', 'git', 'report'] as const;
export type EgressRoute = (typeof egressRoutes)[number];

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
  /** Whose socket it is: the name of the workspace. It picks the repository and the model gateway's key. */
  readonly job: string;
  /** What may be reached until `allow` says otherwise. */
  readonly routes: readonly EgressRoute[];
  /**
   * First segment that every path must have, where others than the job can reach the port that the socket answers: 16 or
   * more letters, digits, dashes. Without it the socket alone is the identity. Not for `npm`, which asks for tarballs
   * wherever a registry has them.
   */
  readonly key?: string;
  /** Told of each request that was refused, and of each credential that was taken off one, once per distinct refusal. */
  readonly refused: (refusal: EgressRefusal) => void;
}

export interface EgressGate {
  /**
   * From now on exactly these may be reached; requests under way by any other are broken off. A workspace that is being
   * set up has `npm` alone, because no secret and no station is near yet; one in which a station works, all the others.
   */
  allow(routes: readonly EgressRoute[]): void;
  /**
   * Environment for a command to which the socket is answered at `http://127.0.0.1:<port>`: which registry to ask for
   * which packages, and for the model gateway, the repository and the report desk where they may be reached now. Holds no
   * secret but the key of the order, for which it goes into no argument: everybody can read those.
   */
  environment(port: number): Readonly<Record<string, string>>;
  /** What went through the socket so far, also after `close`. */
  usage(): EgressUsage;
  /** Resolves when nothing of the gate runs any more. */
  close(): Promise<void>;
}

/** A request that no capability covers. */
export interface EgressRefusal {
  /** 'PUT /npm/left-pad', without query and without anything secret. */
  readonly request: string;
  /** Which rule refused it, for people. */
  readonly why: string;
}

export interface EgressUsage {
  readonly requests: number;
  /** Requests refused and credentials taken off, every time and not only the distinct ones. */
  readonly refused: number;
  /** What came in to the workspace and went out of it, heads with bodies. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Where the requests of jobs to models go. Its URL and credentials stay outside of every workspace. */
export interface ModelUpstream {
  /** Asked for each request, before any of its body is read. */
  target(asked: ModelAsked): Promise<ModelTarget>;
}

/** The head of a request for inference, without whatever proved somebody. */
export interface ModelAsked {
  readonly job: string;
  /** '/v1/messages?beta=true' */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type ModelTarget =
  | {
      readonly kind: 'at';
      /** Below it lies the path. What of it may be a secret is taken out of answers. */
      readonly base: string;
      readonly path: string;
      /** Headers that prove the job: they are taken out of answers too. */
      readonly proof: Readonly<Record<string, string>>;
      /** Headers that stand in the place of the job's own. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** `why` is told inside: it names no place and no key. */
  | { readonly kind: 'none'; readonly why: string };

/** Repositories that jobs fetch from and push to. */
export interface GitCapability {
  /** The repository of a job; null where it has none. Asked for at every request. */
  repository(job: string): Promise<GitRepository | null>;
}

/** Lends each job a repository of its own, for as long as its workspace stands. */
export interface Lending extends GitCapability {
  /** Makes it; nothing happens where it is there. Throws `git-failed`, `disk-full`. */
  lend(repository: RepositorySnapshot, job: string): Promise<void>;
  /** Removes it with what the job pushed; nothing happens where there is none. */
  takeBack(job: string): Promise<void>;
}

/**
 * A bare repository that the factory made for one job alone, and in which nothing but git of the factory ever writes.
 * Whoever may fetch of a repository can get at everything in it: so it holds the base, without its history and without
 * objects borrowed of another repository, and what the job pushed.
 */
export interface GitRepository {
  /** Absolute path. */
  readonly gitDir: string;
  /** Ref that stands on the base commit, as 'refs/heads/main'; shown, never written. */
  readonly base: string;
  /** Where the job may push: 'refs/jidoka/<job>/'. */
  readonly prefix: string;
}
