import { bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

/** Mounts, devices, switches and the rarely used doors of the kernel. */
export function attemptsOnKernel(): readonly EscapeAttempt[] {
  return attempts;
}

/** Root of a namespace of its own, which every user can be. */
const nested = (script: string): string =>
  `need unshare; unshare --user --map-root-user true || impossible 'no namespace of its own can be had'
  unshare --user --map-root-user --mount sh -c '${script}' && escaped`;

/** Writes back what is there, so that nothing changes where it can. */
const rewrite = (file: string): string => `was=$(cat ${file}) && printf '%s\\n' "$was" >${file} && escaped`;

const call = (x64: number, arm64: number, rest: string): string =>
  `need perl; perl -e 'my $call = $ENV{MACHINE} eq "x64" ? ${x64} : ${arm64}; ${rest}' && escaped`;

const attempts: readonly EscapeAttempt[] = [
  bySh('kernel', 'no', 'makes a device', `mknod device b 254 0 && escaped`),
  bySh('kernel', 'no', 'makes a device as root of a namespace', nested('mknod device b 254 0')),
  bySh('kernel', 'depends', 'finds devices of the host', `{ [ -e /dev/kmsg ] || [ -e /dev/mem ]; } && escaped`),
  bySh(
    'kernel',
    'yes',
    'reads /sys',
    `for each in /sys/[!f]*/* /sys/f[!s]*/* /sys/fs/[!c]*/* /sys/fs/c[!g]*/*; do [ -e "$each" ] && escaped; done`,
  ),
  bySh('kernel', 'no', 'writes /sys', rewrite('/sys/kernel/mm/transparent_hugepage/enabled')),
  bySh('kernel', 'no', 'sets the kernel', rewrite('/proc/sys/kernel/core_pattern')),
  bySh('kernel', 'no', 'pulls the emergency switch', `echo h >/proc/sysrq-trigger && escaped`),
  bySh('kernel', 'no', 'mounts', `mount -t tmpfs tmpfs "$HOME" && escaped`),
  bySh(
    'kernel',
    'no',
    'makes /usr writable as root of a namespace',
    nested('mount -o remount,bind,rw /usr && : >/usr/jidoka-escape && rm /usr/jidoka-escape'),
  ),
  bySh(
    'kernel',
    'depends',
    'makes writable what it may only read as root of a namespace',
    nested('mount -o remount,bind,rw "$ROOT/readable"; : >"$ROOT/readable/remounted"'),
  ),
  bySh('kernel', 'depends', 'takes its root away to see what is below', nested('umount -l /; umount -l /; cat "$ROOT/home/.ssh/id"')),
  bySh(
    'kernel',
    'no',
    'joins the namespaces of the first process',
    `need nsenter; nsenter --target 1 --mount cat "$ROOT/home/.ssh/id" && escaped`,
  ),
  bySh(
    'kernel',
    'depends',
    'joins the namespaces of a process of the host',
    `need nsenter; nsenter --target "$VICTIM" --net true && escaped`,
  ),
  bySh('kernel', 'no', 'changes its root and walks out', `need perl; mkdir -p jail; perl -e 'chroot "jail" or exit 1' && escaped`),
  bySh('kernel', 'no', 'loads a program into the kernel', bpf()),
  bySh('kernel', 'no', 'handles page faults of the kernel', call(323, 282, 'exit(syscall($call, 0) >= 0 ? 0 : 1)')),
  bySh(
    'kernel',
    'no',
    'counts what the machine does',
    // perf_event_open of the software clock, for all processes on the first core.
    call(298, 241, 'my $attr = pack("LLQ", 1, 112, 0) . "\\0" x 96; exit(syscall($call, $attr, -1, 0, -1, 0) >= 0 ? 0 : 1)'),
  ),
  bySh('kernel', 'no', 'opens a file by its number', byHandle()),
];

/** BPF_PROG_LOAD of a socket filter that takes nothing. */
function bpf(): string {
  const program = 'my $code = pack("CCsl", 0xb7, 0, 0, 0) . pack("CCsl", 0x95, 0, 0, 0); my $license = "GPL\\0";';
  const attr = 'my $attr = pack("LLPPLLQL", 1, 2, $code, $license, 0, 0, 0, 0) . "\\0" x 80;';
  return call(321, 280, `${program} ${attr} exit(syscall($call, 5, $attr, 120) >= 0 ? 0 : 1)`);
}

/** open_by_handle_at of the root of the filesystem that the tree is on: inode 2 of ext4, 128 of xfs. */
function byHandle(): string {
  const open = 'open(my $here, "<", ".") or exit 2; my $handle = pack("LlLL", 8, 1, 2, 0);';
  return call(304, 265, `${open} exit(syscall($call, fileno($here), $handle, 0) >= 0 ? 0 : 1)`);
}
