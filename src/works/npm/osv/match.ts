import type { VulnerableCopy } from '../../../core/evidence/fact.ts';
import type { Advisory } from '../../../core/packet/seed.ts';
import type { Lock } from '../lock/index.ts';
import { copiesOf } from '../lock/resolve.ts';
import { affectedNames, isAffected } from './range.ts';

/**
 * Finds every copy in a lockfile that an advisory is about: hoisted, nested, bundled, for development or not, and under
 * an alias.
 *
 * @example
 * matchAdvisory(advisory, readLock(text)).map(({ path, version }) => `${path} ${version}`);
 */
export function matchAdvisory(advisory: Advisory, lock: Lock): readonly VulnerableCopy[] {
  return affectedNames(advisory).flatMap((name) =>
    copiesOf(lock, name)
      .filter(({ copy }) => copy.source.kind !== 'git' && isAffected(advisory, name, copy.version))
      .map(({ copy: { path, version, dev, bundled }, parents }) => ({
        path,
        name,
        version,
        dev,
        bundled,
        parents: parents.map(describeParent),
      })),
  );
}

type Parent = ReturnType<typeof copiesOf>[number]['parents'][number];

function describeParent({ from, edge }: Parent): string {
  const who = from.kind === 'copy' ? `${from.name}@${from.version}` : `${from.path === '' ? '' : `${from.path}/`}package.json`;
  return `${who} -> ${edge.spec}${edge.kind.startsWith('peer') ? ' (peer)' : ''}`;
}
