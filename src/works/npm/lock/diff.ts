import type { LockMove } from '../../../core/evidence/fact.ts';
import type { Lock, LockNode } from './lock.ts';
import { sourceChange } from './source.ts';

/**
 * Lists every folder whose package differs between two lockfiles, in the order of their paths. The same version from
 * elsewhere, or with another content hash, is a move too: it says so behind the version.
 *
 * @example
 * diffLocks(readLock(before), readLock(after)); // [{ path: 'node_modules/ms', before: '2.1.2', after: '2.1.3', … }]
 */
export function diffLocks(before: Lock, after: Lock): readonly LockMove[] {
  const paths = [...new Set([...before.nodes.keys(), ...after.nodes.keys()])].sort();
  return paths.flatMap((path) => moveOf(path, before.nodes.get(path), after.nodes.get(path)));
}

function moveOf(path: string, before: LockNode | undefined, after: LockNode | undefined): LockMove[] {
  const texts = difference(before, after);
  if (texts === null) return [];
  const node = after ?? before;
  const judged = after?.kind === 'copy' ? after : before;
  return [{ path, name: node?.name ?? '', ...texts, dev: judged?.kind === 'copy' && judged.dev }];
}

function difference(before: LockNode | undefined, after: LockNode | undefined): Pick<LockMove, 'before' | 'after'> | null {
  const [left, right] = [identityOf(before), identityOf(after)];
  if (left === right && before?.kind === 'copy' && after?.kind === 'copy') {
    const change = before.name === after.name ? sourceChange(before, after) : { before: before.name, after: after.name };
    return change && { before: `${before.version} (${change.before})`, after: `${after.version} (${change.after})` };
  }
  return left === right ? null : { before: left, after: right };
}

/** What a move shows of a node; a project moves nothing, it is where the edges come from. */
function identityOf(node: LockNode | undefined): string | null {
  if (node === undefined || node.kind === 'project') return null;
  return node.kind === 'link' ? `link to ${node.target}` : node.version;
}
