import { describe, expect, test } from 'vitest';
import type { Floor, FloorClaim, Limits, ProcessResult } from '../../src/core/ports/floor.ts';
import { shell } from './started-contract.ts';

/** A program of Node.js that takes 400 MB of memory and uses it. */
const hog = `node -e "const all=[];for(let i=0;i<40;i+=1)all.push(Buffer.alloc(1e7,i));console.log('took it')"`;
/** Starts so many programs at once, and says how many stood. */
const crowd = 'i=0; while [ $i -lt 200 ]; do sleep 3 & i=$((i+1)); done; ls /proc | grep -c "^[0-9]" > crowd; wait';
/** Fills the disk and stays for as long as a floor may take to see it. */
const fill = 'head -c 60000000 /dev/zero > filled; sync filled; sleep 20; echo stayed';

/**
 * The promises about limits: what the floor has proved is held, and of what it has not it says so. Nothing of it may be
 * claimed by a floor that does not limit.
 */
export function limitsContract(floor: () => Floor): void {
  describe('limits', () => {
    const cases: readonly (readonly [string, keyof Limits, number, string])[] = [
      ['limits.memory', 'memoryBytes', 200_000_000, hog],
      ['limits.processes', 'processes', 64, crowd],
      ['limits.disk', 'diskBytes', 20_000_000, fill],
    ];
    test.each(cases)('%s is held where it is proved, and told where it is not', async (claim, limit, allowed, script) => {
      const state = await stateOf(floor(), claim);
      const workspace = await floor().open(`limits/${limit}`, { limits: { [limit]: allowed } });
      try {
        // Nobody waits for what is not claimed.
        const result = await workspace.spawn(shell(state === 'proved' ? script : script.replace('sleep 20', 'sleep 1')));
        const held = isHeld(result, limit, allowed, await workspace.files.read('crowd'));
        // What was not proved is never said to have been held.
        expect(state === 'proved' ? held : result.exit.kind !== 'limited', JSON.stringify(result)).toBe(true);
        // The workspace, and the floor, go on.
        await workspace.files.remove('filled');
        expect(['exited', 'limited']).toContain((await workspace.spawn(shell('true'))).exit.kind);
      } finally {
        await workspace.destroy();
      }
    });

    test('a floor that says how limits are held has looked at each of them', async () => {
      const { limits, claims } = await floor().probe();
      const named = claims.filter(({ claim }) => claim.startsWith('limits.')).map(({ claim }) => claim);
      const all = ['limits.memory', 'limits.processes', 'limits.cpu', 'limits.disk'];
      expect([...new Set(named)].sort()).toEqual(limits === 'none' ? [] : all.sort());
    });
  });
}

function isHeld({ exit }: ProcessResult, limit: keyof Limits, allowed: number, crowded: string | null): boolean {
  if (exit.kind === 'limited') return exit.allowed === allowed;
  // Where nobody counts refused forks, that they were refused is what counts.
  return limit === 'processes' && Number(crowded ?? Infinity) <= allowed + 5;
}

async function stateOf(floor: Floor, wanted: string): Promise<FloorClaim['state'] | null> {
  return (await floor.probe()).claims.find(({ claim }) => claim === wanted)?.state ?? null;
}
