/** Where a file stands in the house. */
export interface Place {
  readonly layer: 'core' | 'plant' | 'works' | 'doors' | 'root' | 'kit' | 'outside';
  /** Room within the layer; null for a file that stands in the layer itself. */
  readonly room: string | null;
  readonly isIndex: boolean;
  /** Tests may look behind any door, to try a machine with its neighbours. */
  readonly isTest: boolean;
}

/**
 * Tells where a path stands.
 *
 * @example
 * placeOf('src/plant/ledger/append.ts'); // { layer: 'plant', room: 'ledger', isIndex: false, isTest: false }
 */
export function placeOf(path: string): Place {
  const isTest = path.endsWith('.test.ts');
  const isIndex = path.endsWith('/index.ts');
  const inLayer = /^src\/(core|plant|works|doors)\/(?:([^/]+)\/)?[^/]/.exec(path);
  if (inLayer) return { layer: inLayer[1] as Place['layer'], room: inLayer[2] ?? null, isIndex, isTest };
  const layer = path.startsWith('src/') ? 'root' : path.startsWith('kit/') ? 'kit' : 'outside';
  return { layer, room: null, isIndex, isTest };
}
