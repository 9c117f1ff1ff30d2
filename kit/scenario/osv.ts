/** Versions an advisory speaks of: from `introduced` up to, and without, `fixed`; without `fixed` all from there on. */
export interface AffectedVersions {
  readonly name: string;
  readonly introduced?: string;
  readonly fixed?: string;
  readonly ecosystem?: string;
}

/**
 * Writes an advisory in OSV form.
 *
 * @example
 * osv('TEST-1', { name: 'plain', fixed: '1.1.0' }); // every plain below 1.1.0
 */
export function osv(id: string, { name, introduced = '0', fixed, ecosystem = 'npm' }: AffectedVersions, more: object = {}): string {
  const events = [{ introduced }, ...(fixed === undefined ? [] : [{ fixed }])];
  const affected = [{ package: { ecosystem, name }, ranges: [{ type: 'SEMVER', events }] }];
  return JSON.stringify({ id, summary: `${name} is unsafe`, affected, ...more });
}
