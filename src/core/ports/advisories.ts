/** A source of known advisories, asked for whole trees at a time. */
export interface AdvisorySource {
  /** Asks for the advisories of packages in these versions. A source that does not answer is a value. */
  advisories(packages: ReadonlyMap<string, readonly string[]>): Promise<AdvisoryAnswer>;
}

export type AdvisoryAnswer =
  | { readonly kind: 'found'; readonly source: string; readonly advisories: readonly KnownAdvisory[] }
  | { readonly kind: 'unavailable'; readonly source: string; readonly reason: string };

export interface KnownAdvisory {
  readonly id: string;
  readonly name: string;
  /** Semver range of the affected versions. */
  readonly range: string;
  readonly severity: string;
  readonly title: string;
}
