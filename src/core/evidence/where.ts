/** Where a stage ran and on what; recorded for every start of every stage. */
export interface Where {
  readonly host: string;
  readonly platform: string;
  readonly executor: string;
  readonly pid: number;
  readonly floor: string;
  /** Isolation tier that was proved, T0 (none) to T4. */
  readonly tier: string;
  readonly user: string;
  readonly node: string;
  readonly npm: string;
  /** What follows is absent in runs of before 0.3. What builds the wall: 'bubblewrap', 'docker 20.10.24', 'none'. */
  readonly wall?: string;
  /** How limits are held: 'cgroup-v2', 'rlimits', 'none'. */
  readonly limits?: string;
  /** Digest of the image that commands run in; null where they run on the host's own programs. */
  readonly image?: string | null;
  readonly region?: string | null;
  /** The station of the stage with its version, null for a stage without one. */
  readonly harness?: { readonly name: string; readonly version: string } | null;
  /** Model that the station was told to use; null where none is used. */
  readonly model?: string | null;
}
