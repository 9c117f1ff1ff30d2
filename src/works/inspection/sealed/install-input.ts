const names: ReadonlySet<string> = new Set([
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  '.npmrc',
  '.gitmodules',
  'binding.gyp',
]);

/** Tells a path whose content an install of npm packages may look at or write: manifests, lockfiles, settings, packed packages. */
export function installInput(path: string): boolean {
  const parts = path.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  return names.has(name) || /\.(?:tgz|tar|tar\.gz)$/.test(name) || parts.includes('node_modules');
}
