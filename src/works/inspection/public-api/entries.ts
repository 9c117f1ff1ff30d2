/** What decides how a package is loaded; anything else of the manifest is passed over. */
export interface LibraryManifest {
  readonly name?: unknown;
  readonly private?: unknown;
  readonly main?: unknown;
  readonly module?: unknown;
  readonly types?: unknown;
  readonly typings?: unknown;
  readonly exports?: unknown;
}

/** A way into a package: `.` or a subpath of `exports`. */
export interface Entry {
  readonly entry: string;
  /** What to load it by from within the package: its own name, or a path. */
  readonly specifier: string;
}

/** Beyond these a package is a folder of files rather than a library with a surface. */
const mostEntries = 24;

/**
 * Lists the ways into a library, none for what is no library: a private package, or one that names nothing to load.
 *
 * @example
 * entriesOfLibrary({ name: 'a', exports: { '.': './a.js', './b': './b.js' } }); // '.' and './b'
 */
export function entriesOfLibrary(manifest: LibraryManifest): readonly Entry[] {
  const { name, exports } = manifest;
  if (manifest.private === true) return [];
  if (exports !== undefined && exports !== null && typeof name === 'string')
    return subpaths(exports)
      .slice(0, mostEntries)
      .map((entry) => ({ entry, specifier: `${name}${entry.slice(1)}` }));
  const named = [manifest.main, manifest.module, manifest.types, manifest.typings].some((member) => typeof member === 'string');
  return named ? [{ entry: '.', specifier: './' }] : [];
}

/** Keys of `exports` that name one module; patterns, data and declarations are none. */
function subpaths(exports: unknown): readonly string[] {
  if (typeof exports !== 'object' || exports === null || Array.isArray(exports)) return ['.'];
  const keys = Object.keys(exports);
  if (keys.every((key) => !key.startsWith('.'))) return ['.'];
  const targets = new Map(Object.entries(exports));
  return keys.filter((key) => !key.includes('*') && !/\.(?:json|css|d\.[cm]?ts)$/.test(key) && targets.get(key) !== null).sort();
}
