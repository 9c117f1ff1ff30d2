/** Machines whose numbers of system calls are known here. */
export type Machine = keyof typeof machines;

const machines = {
  x64: { audit: 0xc000003e, prctl: 157, seccomp: 317, keyctl: 250 },
  arm64: { audit: 0xc00000b7, prctl: 167, seccomp: 277, keyctl: 219 },
} as const;

/** Whether calls can be filtered on a machine, as Node.js calls it. */
export function isKnownMachine(machine: string): machine is Machine {
  return machine in machines;
}

/** Numbers of the calls that walls make by perl. */
export function numbersOf(machine: Machine): { readonly prctl: number; readonly seccomp: number; readonly keyctl: number } {
  return machines[machine];
}

const failures = { EPERM: 1, EACCES: 13, ENOSYS: 38 } as const;
type Failure = keyof typeof failures;

/** Name, then the number on each machine. */
const refused: Readonly<Record<Failure, readonly (readonly [name: string, x64: number, arm64: number])[]>> = {
  // Landlock knows TCP by ports, and neither UDP nor sockets that are files: no socket is the one rule that holds everywhere.
  // Pairs of sockets, by which Node.js talks to its children, are another call.
  EACCES: [['socket', 41, 198]],
  // Programs do without these, where the kernel is too old: the first hides its flags from a filter, the second makes sockets.
  ENOSYS: [
    ['clone3', 435, 435],
    ['io_uring_setup', 425, 425],
  ],
  // What is shared with the host by a number or a name, and what makes a command more than a plain one.
  EPERM: [
    ['shmget', 29, 194],
    ['shmctl', 31, 195],
    ['shmat', 30, 196],
    ['semget', 64, 190],
    ['semctl', 66, 191],
    ['semop', 65, 193],
    ['semtimedop', 220, 192],
    ['msgget', 68, 186],
    ['msgctl', 71, 187],
    ['msgrcv', 70, 188],
    ['msgsnd', 69, 189],
    ['mq_open', 240, 180],
    ['add_key', 248, 217],
    ['request_key', 249, 218],
    ['keyctl', 250, 219],
    ['process_vm_readv', 310, 270],
    ['process_vm_writev', 311, 271],
    ['pidfd_getfd', 438, 438],
    ['open_by_handle_at', 304, 265],
    ['unshare', 272, 97],
    ['setns', 308, 268],
    ['bpf', 321, 280],
    ['perf_event_open', 298, 241],
    ['userfaultfd', 323, 282],
  ],
};
const clone = { x64: 56, arm64: 220 } as const;
/** Flags of clone(2) that make a namespace. */
const namespaces = 0x7e02_0000;

/** Where a call's number, its machine and the lower half of its first argument are. */
const at = { number: 0, machine: 4, first: 16 } as const;
const code = { load: 0x20, equal: 0x15, atLeast: 0x35, anyBit: 0x45, end: 0x06 } as const;
const verdict = { allow: 0x7fff_0000, fail: 0x0005_0000, kill: 0x8000_0000 } as const;

/** One instruction of a filter of system calls. */
export type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number];

/**
 * The filter that stands beside Landlock, as the kernel takes it: no sockets, no namespaces, none of the calls by which
 * processes share things other than files. Calls of another machine's kind, which have other numbers, end the process.
 */
export function callFilter(machine: Machine): Uint8Array {
  const failing = Object.entries(refused).flatMap(([failure, calls]) =>
    // The keys are what the table is written with.
    calls.flatMap(([, x64, arm64]) => failAt(machine === 'x64' ? x64 : arm64, failure as Failure)),
  );
  return bytesOf([
    load(at.machine),
    [code.equal, 1, 0, machines[machine].audit],
    [code.end, 0, 0, verdict.kill],
    load(at.number),
    // On x86 a second set of numbers for the same calls starts here.
    ...(machine === 'x64' ? ([[code.atLeast, 0, 1, 0x4000_0000], fail('ENOSYS')] as const) : []),
    ...failing,
    [code.equal, 0, 4, clone[machine]],
    load(at.first),
    [code.anyBit, 0, 1, namespaces],
    fail('EPERM'),
    [code.end, 0, 0, verdict.allow],
    [code.end, 0, 0, verdict.allow],
  ]);
}

function load(offset: number): Instruction {
  return [code.load, 0, 0, offset];
}

function fail(failure: Failure): Instruction {
  return [code.end, 0, 0, verdict.fail | failures[failure]];
}

function failAt(number: number, failure: Failure): readonly Instruction[] {
  return [[code.equal, 0, 1, number], fail(failure)];
}

/** The instructions of a filter, as the kernel takes them. */
export function bytesOf(instructions: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [operation, whenTrue, whenFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(operation, index * 8);
    bytes.writeUInt8(whenTrue, index * 8 + 2);
    bytes.writeUInt8(whenFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
