import type { Edge, LockNode } from './lock.ts';

/** The dependency sections of a package.json, or of an entry of a lockfile. */
export interface EdgeSections {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly optionalPeers: readonly string[];
}

/** What a package asks for; where sections name a package twice the later here wins, as in npm. Installed copies ask for nothing in development. */
export function edgesOf(sections: EdgeSections, kind: LockNode['kind']): readonly Edge[] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, optionalPeers } = sections;
  const optionalPeer = new Set(optionalPeers);
  const edges = [
    ...Object.entries(peerDependencies).map(([name, spec]): Edge => ({
      name,
      spec,
      kind: optionalPeer.has(name) ? 'peer-optional' : 'peer',
    })),
    ...Object.entries(kind === 'project' ? devDependencies : {}).map(([name, spec]): Edge => ({ name, spec, kind: 'dev' })),
    ...Object.entries(dependencies).map(([name, spec]): Edge => ({ name, spec, kind: 'prod' })),
    ...Object.entries(optionalDependencies).map(([name, spec]): Edge => ({ name, spec, kind: 'optional' })),
  ];
  return [...new Map(edges.map((edge) => [edge.name, edge])).values()];
}
