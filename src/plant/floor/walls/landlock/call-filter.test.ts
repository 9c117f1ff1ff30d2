import { describe, expect, test } from 'vitest';
import { callFilter } from './call-filter.ts';

const allow = 0x7fff_0000;
const kill = 0x8000_0000;
const failing = (errno: number): number => 0x0005_0000 | errno;
const audits = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** What the kernel's machine for such filters answers to a call; as far as these filters use it. */
function answerTo(filter: Uint8Array, call: { readonly number: number; readonly audit: number; readonly first?: number }): number {
  const code = Buffer.from(filter);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number, 0);
  data.writeUInt32LE(call.audit, 4);
  data.writeUInt32LE(call.first ?? 0, 16);
  let value = 0;
  for (let at = 0; at < code.length / 8; at += 1) {
    const [operation, yes, no, k] = [
      code.readUInt16LE(at * 8),
      code[at * 8 + 2] ?? 0,
      code[at * 8 + 3] ?? 0,
      code.readUInt32LE(at * 8 + 4),
    ];
    if (operation === 0x20) value = data.readUInt32LE(k);
    else if (operation === 0x06) return k;
    else if (operation === 0x15) at += value === k ? yes : no;
    else if (operation === 0x35) at += value >= k ? yes : no;
    else if (operation === 0x45) at += (value & k) === 0 ? no : yes;
    else throw new Error(`operation ${operation}`);
  }
  throw new Error('the filter has no end');
}

describe.each([
  ['x64', { socket: 41, read: 0, write: 1, socketpair: 53, execve: 59, clone: 56, unshare: 272, shmget: 29, connect: 42 }],
  ['arm64', { socket: 198, read: 63, write: 64, socketpair: 199, execve: 221, clone: 220, unshare: 97, shmget: 194, connect: 203 }],
] as const)('the filter for %s', (machine, numbers) => {
  const filter = callFilter(machine);
  const answer = (number: number, first = 0): number => answerTo(filter, { number, audit: audits[machine], first });

  test('lets programs read, write, start others and talk to their own', () => {
    for (const name of ['read', 'write', 'socketpair', 'execve', 'connect'] as const) expect(answer(numbers[name]), name).toBe(allow);
  });

  test('gives no socket of any kind', () => {
    for (const family of [1, 2, 10, 16, 17, 40]) expect(answer(numbers.socket, family)).toBe(failing(13));
  });

  test('gives threads and processes, but no namespaces', () => {
    expect(answer(numbers.clone, 0x0100_0011)).toBe(allow);
    expect(answer(numbers.clone, 0x003d_0f00)).toBe(allow);
    for (const flag of [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]) {
      expect(answer(numbers.clone, flag | 0x11), flag.toString(16)).toBe(failing(1));
    }
    expect(answer(numbers.unshare)).toBe(failing(1));
    expect(answer(435)).toBe(failing(38));
  });

  test('knows no shared memory, and no door around the filter', () => {
    expect(answer(numbers.shmget)).toBe(failing(1));
    expect(answer(425)).toBe(failing(38));
  });

  test('ends who calls as another machine does', () => {
    for (const audit of [0x40000003, 0x40000028, ...Object.values(audits)].filter((one) => one !== audits[machine])) {
      expect(answerTo(filter, { number: numbers.read, audit })).toBe(kill);
    }
  });
});

test('the second set of numbers of x86 leads nowhere', () => {
  expect(answerTo(callFilter('x64'), { number: 0x4000_0000 | 41, audit: audits.x64 })).toBe(failing(38));
});
