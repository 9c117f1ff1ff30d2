/**
 * Takes folders, and what is nested in them, out of the text of a lockfile, so that npm resolves them anew and leaves
 * the rest as it is.
 */
export function forgetCopies(text: string, paths: readonly string[]): string {
  const document = JSON.parse(text.replace(/^\uFEFF/, '')) as LockDocument;
  for (const path of paths) {
    for (const known of Object.keys(document.packages ?? {})) {
      if (known === path || known.startsWith(`${path}/`)) delete document.packages?.[known];
    }
    forgetNested(document, path.split(/(?:^|\/)node_modules\//).slice(1));
  }
  return JSON.stringify(document, null, 2);
}

interface LockDocument extends Nested {
  packages?: Record<string, unknown>;
}

interface Nested {
  dependencies?: Record<string, Nested>;
}

/** Versions 1 and 2 also have a tree, one level per node_modules. */
function forgetNested(level: Nested, names: readonly string[]): void {
  const [name, ...deeper] = names;
  const next = name === undefined ? undefined : level.dependencies?.[name];
  if (name === undefined || next === undefined) return;
  if (deeper.length > 0) forgetNested(next, deeper);
  else delete level.dependencies?.[name];
}
