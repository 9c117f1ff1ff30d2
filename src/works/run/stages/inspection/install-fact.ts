import { fact, type FactOf } from '../../../../core/evidence/fact.ts';
import type { BaselineRecord, Tree } from '../../../inspection/tree/index.ts';

/** Says whether the changed tree installs, by the same rung of the ladder as the base or an earlier one. */
export function installFact(tree: Exclude<Tree, { kind: 'failed' }>, baseline: BaselineRecord): FactOf<'install'> {
  const { rung, tried, durationMs, message } = tree.install;
  const data = { rung, tried, durationMs };
  if (tree.kind === 'not-installed')
    return fact('install', 'broken', 'install-failed', `The change does not install: ${message}`, data, tree.logs);
  const worse = tried.length > baseline.install.tried.length;
  if (!worse) return fact('install', 'holds', 'installed', `Installed cleanly by ${rung}.`, data, tree.logs);
  const why = `The base installs by ${baseline.install.rung}, the change only by ${rung}: ${message}`;
  return fact('install', 'broken', 'install-degraded', why, data, tree.logs);
}
