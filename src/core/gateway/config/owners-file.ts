/**
 * Where the file of the owner lies: where he says in JIDOKA_CONFIG, else in the home of the factory, where there need be none.
 *
 * @example
 * ownersFile('/home/ada/factory', {}); // { path: '/home/ada/factory/factory.yaml', isNamed: false }
 */
export function ownersFile(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly path: string; readonly isNamed: boolean } {
  const named = env['JIDOKA_CONFIG'] ?? '';
  return named === '' ? { path: `${home}/factory.yaml`, isNamed: false } : { path: named, isNamed: true };
}
