import type { FloorClaim, Tier } from '../../../../core/ports/floor.ts';
import { requiredClaims } from './claims.ts';

/** What a wall of tier T1 has proved: it holds files and the network, though not processes. */
export const partialClaims = [
  'fs.read.confined',
  'fs.write.confined',
  'fs.readonly.kept',
  'caps.none',
  'privileges.never-gained',
  'net.tcp.none',
  'net.udp.none',
] as const;

/**
 * How far a wall shuts commands off, by what was proved and nothing else.
 *
 * @example
 * tierOf(claims) === 'T2'; // all of `requiredClaims` are proved
 */
export function tierOf(claims: readonly FloorClaim[]): Extract<Tier, 'T0' | 'T1' | 'T2'> {
  const proved = new Set(claims.filter(({ state }) => state === 'proved').map(({ claim }) => claim));
  if (requiredClaims.every((claim) => proved.has(claim))) return 'T2';
  return partialClaims.every((claim) => proved.has(claim)) ? 'T1' : 'T0';
}
