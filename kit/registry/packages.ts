/** One release of a package as a double publishes it. */
export interface FakeRelease {
  readonly version: string;
  /** Content by path, beside the package.json that is made from this release; default one `index.js`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Paths of files that may be run as they are; npm makes those that `bin` names so by itself. */
  readonly programs?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** Packages inside the tarball by name; each is an ordinary release whose files land in `node_modules/<name>`. */
  readonly bundled?: Readonly<Record<string, FakeRelease>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly deprecated?: string;
  /** ISO time; default one day after the release before it, from 2020-01-01. */
  readonly publishedAt?: string;
  /** Anything else the package.json shall say: `type`, `exports`, `bin`. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** A package as a double publishes it. */
export interface FakePackage {
  readonly name: string;
  /** In the order of publication. */
  readonly releases: readonly FakeRelease[];
  /** Default: `latest` is the release published last. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Shortens the common case: a package whose releases differ only in version and dependencies.
 *
 * @example
 * fakePackage('a', { '1.0.0': { b: '^1.0.0' }, '2.0.0': {} });
 */
export function fakePackage(name: string, releases: Readonly<Record<string, Readonly<Record<string, string>>>>): FakePackage {
  return { name, releases: Object.entries(releases).map(([version, dependencies]) => ({ version, dependencies })) };
}

/** The package.json that a release carries in its tarball. */
export function manifestOf(name: string, release: FakeRelease): Readonly<Record<string, unknown>> {
  const { version, dependencies = {}, peerDependencies, optionalDependencies, engines, scripts, bundled } = release;
  const inside = Object.fromEntries(Object.entries(bundled ?? {}).map(([child, { version: its }]) => [child, its]));
  return {
    name,
    version,
    main: 'index.js',
    dependencies: { ...dependencies, ...inside },
    ...(peerDependencies && { peerDependencies }),
    ...(optionalDependencies && { optionalDependencies }),
    ...(engines && { engines }),
    ...(scripts && { scripts }),
    ...(bundled && { bundleDependencies: Object.keys(bundled) }),
    ...release.manifest,
  };
}

/** Publication times by version. */
export function timesOf({ releases }: FakePackage): Readonly<Record<string, string>> {
  const day = (at: number): string => new Date(Date.UTC(2020, 0, at + 1)).toISOString();
  return Object.fromEntries(releases.map(({ version, publishedAt }, at) => [version, publishedAt ?? day(at)]));
}

/** Tags by name; `latest` is there unless the package has no release. */
export function tagsOf({ releases, tags }: FakePackage): Readonly<Record<string, string>> {
  const last = releases.at(-1);
  return { ...(last && { latest: last.version }), ...tags };
}

/** Whether npm would run code when it installs this release. */
export function runsCodeAtInstall({ scripts = {} }: FakeRelease): boolean {
  return ['preinstall', 'install', 'postinstall'].some((name) => scripts[name] !== undefined);
}
