import { bytesOf } from './landlock/call-filter.ts';
import type { Instruction } from './landlock/call-filter.ts';

/**
 * Numbers of add_key, request_key and keyctl for every kind of program that a machine runs, with the kernel's name for the
 * kind. Source: the kernel's tables of system calls; those of x32 are those of x86-64 with a bit.
 */
const kinds: Readonly<Record<string, readonly (readonly [audit: number, ...calls: readonly number[]])[]>> = {
  x64: [
    [0xc000003e, 248, 249, 250, 0x4000_00f8, 0x4000_00f9, 0x4000_00fa],
    [0x40000003, 286, 287, 288],
  ],
  arm64: [
    [0xc00000b7, 217, 218, 219],
    [0x40000028, 309, 310, 311],
  ],
};

const code = { load: 0x20, equal: 0x15, end: 0x06 } as const;
const verdict = { allow: 0x7fff_0000, refuse: 0x0005_0001, kill: 0x8000_0000 } as const;

/**
 * A filter of system calls, as the kernel takes it, that refuses keyrings and nothing else: no namespace keeps that of the
 * factory's own session out. Null on a machine whose calls are not known here.
 */
export function keyringFilter(machine: string = process.arch): Uint8Array | null {
  const known = kinds[machine];
  if (known === undefined) return null;
  const blocks = known.flatMap(([audit, ...calls]): readonly Instruction[] => {
    const refusals = calls.flatMap((call): readonly Instruction[] => [
      [code.equal, 0, 1, call],
      [code.end, 0, 0, verdict.refuse],
    ]);
    const block: readonly Instruction[] = [[code.load, 0, 0, 0], ...refusals, [code.end, 0, 0, verdict.allow]];
    return [[code.equal, 0, block.length, audit], ...block];
  });
  return bytesOf([[code.load, 0, 0, 4], ...blocks, [code.end, 0, 0, verdict.kill]]);
}
