import type { VulnerableCopy } from '../../core/evidence/fact.ts';
import type { AdvisorySeed } from '../../core/packet/seed.ts';
import { keyOf, requestersOf, type Lock, type LockCopy } from '../npm/lock/index.ts';
import { raiseSpec, readManifest, setRange } from '../npm/manifest/index.ts';
import { isAffected } from '../npm/osv/index.ts';
import type { Plan } from './attempt.ts';
import { overridePlans } from './override.ts';
import type { Patient, Rung } from './patient.ts';
import { join, lockOf, type Tree } from './project.ts';
import { findChain, joinChains, type Chain, type Reach, type Search } from './reach.ts';

/** From the smallest intervention to the largest. */
export const rungs: readonly Rung[] = [
  { name: 'in-range', plans: chainPlans({ climb: false, raise: 'never' }) },
  { name: 'in-range of its parents', plans: chainPlans({ climb: true, raise: 'never' }) },
  { name: 'range of a direct dependency', plans: chainPlans({ climb: true, raise: 'same-major' }) },
  { name: 'overrides', plans: overridePlans },
  { name: 'major of a direct dependency', plans: chainPlans({ climb: true, raise: 'any-major' }) },
];

function chainPlans(reach: Reach): Rung['plans'] {
  return async (patient, tree, left) => {
    const lock = lockOf(patient.bench.project, tree);
    const search = { lock, requesters: requestersOf(lock), releases: patient.releases, reach, node: patient.node };
    const found: Chain[] = [];
    for (const copy of left) {
      const chain = await chainOf({ ...search, budget: { left: 500 } }, copy, patient.seed.advisory);
      if (chain) found.push(chain);
    }
    return found.length === 0 ? [] : plansOf(patient, tree, joinChains(found));
  };
}

/** A bundled copy goes with the package whose tarball it came in. */
async function chainOf(search: Search, { path, name }: VulnerableCopy, advisory: AdvisorySeed['advisory']): Promise<Chain | null> {
  const unit = movableUnit(search.lock, path);
  if (unit === null) return null;
  if (unit.path !== path) return await findChain(search, unit, async ({ version }) => version !== unit.version);
  return await findChain(search, unit, async ({ version }) => !isAffected(advisory, name, version));
}

function movableUnit(lock: Lock, path: string): LockCopy | null {
  const node = lock.nodes.get(path);
  if (node?.kind !== 'copy') return null;
  const above = path.lastIndexOf('/node_modules/');
  return node.bundled ? (above < 0 ? null : movableUnit(lock, path.slice(0, above))) : node;
}

/** npm's own update by name, and the same with the folders forgotten, which moves only what stands in them. */
function plansOf({ bench: { project } }: Patient, tree: Tree, { refresh, raises }: Chain): readonly Plan[] {
  const manifests = new Map(tree.manifests);
  for (const { folder, section, name, version } of raises) {
    const path = join(project.folder, join(folder, 'package.json'));
    const text = manifests.get(path) ?? '{}';
    const raw = readManifest(text, path)[section][name] ?? version;
    const raised = raiseSpec(raw, version);
    manifests.set(path, setRange(text, { section, name }, raised));
  }
  const names = [...new Set(refresh.map(keyOf))];
  const raiseText = raises.map(({ name, version }) => `${name} to ${version}, `).join('');
  return [
    { label: `${raiseText}npm update ${names.join(' ')}`, aim: refresh, errands: [{ manifests, forget: [], args: ['update', ...names] }] },
    {
      label: `${raiseText}npm install without ${refresh.join(', ')}`,
      aim: refresh,
      errands: [{ manifests, forget: refresh, args: ['install'] }],
    },
  ];
}
