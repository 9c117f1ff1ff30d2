/** The npm registry, read only. */
export interface Registry {
  /**
   * Asks for a package's releases. Answers are kept for the life of the process.
   * A registry that fails is a value, because it decides between verdicts; bounded retries are behind it.
   */
  releases(name: string): Promise<RegistryAnswer>;
}

export type RegistryAnswer =
  | { readonly kind: 'found'; readonly package: PackageReleases }
  | { readonly kind: 'absent'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly class: 'registry' | 'network' | 'timeout'; readonly message: string };

export interface PackageReleases {
  readonly name: string;
  readonly distTags: Readonly<Record<string, string>>;
  /** By version, every release the registry lists. */
  readonly versions: Readonly<Record<string, Release>>;
}

export interface Release {
  readonly version: string;
  readonly deprecated: string | null;
  /** `engines.node`, or null. */
  readonly node: string | null;
  readonly hasInstallScript: boolean;
  /** ISO time, or null where the registry does not say. */
  readonly publishedAt: string | null;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
