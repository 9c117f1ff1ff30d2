/**
 * Makes the factory's reporter a package of the project: a runner then finds it from whatever folder its configuration
 * calls the root. Both files are removed after the run.
 */
export function reporterPackage(main: 'index.cjs' | 'index.mjs', source: string): Readonly<Record<string, string>> {
  const manifest = { name: 'jidoka-reporter', version: '0.0.0', main, exports: `./${main}` };
  return {
    'node_modules/jidoka-reporter/package.json': JSON.stringify(manifest),
    [`node_modules/jidoka-reporter/${main}`]: source,
  };
}
