import type { Network } from '../../../../core/ports/process.ts';

/** What may pass out of a workspace: only what a command may reach that runs in it now. */
export interface Passage {
  isOpen(network: Network): boolean;
  /** Opens it for one command; returns how to close it again. */
  enter(network: Network): () => void;
}

export function passage(): Passage {
  const inside = new Map<Network, number>();
  const change = (network: Network, by: number): void => void inside.set(network, (inside.get(network) ?? 0) + by);
  return {
    isOpen: (network) => network !== 'none' && (inside.get(network) ?? 0) > 0,
    enter(network) {
      change(network, 1);
      let isIn = true;
      return () => {
        if (isIn) change(network, -1);
        isIn = false;
      };
    },
  };
}
