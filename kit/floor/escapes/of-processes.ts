import { byNode, bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

/** Secrets in environments, processes of the host, and rights that a command may have or gain. */
export function attemptsOnProcesses(): readonly EscapeAttempt[] {
  return [...onEnvironment, ...onProcesses, ...onRights];
}

const onEnvironment: readonly EscapeAttempt[] = [
  bySh(
    'environment',
    'depends',
    'finds a secret in an environment',
    `grep -alsF "$SECRET_A$SECRET_B" /proc/[0-9]*/environ | grep -q . && escaped`,
  ),
  bySh('environment', 'depends', 'was given a secret of the factory', `env | grep -qF "$FACTORY_A$FACTORY_B" && escaped`),
  bySh(
    'environment',
    'depends',
    'finds a secret of the factory',
    `grep -alsF "$FACTORY_A$FACTORY_B" /proc/[0-9]*/environ | grep -q . && escaped`,
  ),
  bySh(
    'environment',
    'depends',
    'finds a secret in the environment of another workspace',
    `grep -alsF "$NEIGHBOUR_SECRET_A$NEIGHBOUR_SECRET_B" /proc/[0-9]*/environ | grep -q . && escaped`,
  ),
];

/** Numbers of system calls, for perl: there is no program for them. */
const calls = (name: string, x64: number, arm64: number): string =>
  `my $${name} = $ENV{MACHINE} eq "x64" ? ${x64} : $ENV{MACHINE} eq "arm64" ? ${arm64} : do { print "IMPOSSIBLE: $ENV{MACHINE}\\n"; exit };`;

/** A program of perl that tells `escaped` by its end. */
const perl = (program: string): string => `need perl; perl -e '${program}' && escaped`;

const onProcesses: readonly EscapeAttempt[] = [
  bySh(
    'processes',
    'yes',
    'sees processes of the host',
    `printf %s "$MARK_A$MARK_B" >mark; cat /proc/[0-9]*/cmdline | grep -qaFf mark && escaped`,
  ),
  bySh('processes', 'yes', 'signals a process of the host', `kill -0 "$VICTIM" && escaped`),
  bySh(
    'processes',
    'depends',
    'signals the processes of the host one after another',
    `for one in /proc/[0-9]*; do
      pid=\${one#/proc/}
      grep -aqF "$MARK_A$MARK_B" "$one/cmdline" 2>/dev/null && kill -CONT "$pid" && escaped "$pid"
    done; exit 1`,
  ),
  byNode(
    'processes',
    'depends',
    'reads the memory of a process of the host',
    `require('fs').openSync('/proc/' + env.VICTIM + '/mem', 'r'); escaped()`,
  ),
  bySh(
    'processes',
    'depends',
    'traces a process of the host',
    // Seized, it is not even stopped, and let go when the tracer ends.
    perl(`${calls('ptrace', 101, 117)} exit(syscall($ptrace, 0x4206, 0 + $ENV{VICTIM}, 0, 0) == 0 ? 0 : 1)`),
  ),
  bySh(
    'processes',
    'depends',
    'takes an open file from a process of the host',
    // pidfd_open, then pidfd_getfd.
    perl(`my $fd = syscall(434, 0 + $ENV{VICTIM}, 0); exit 1 if $fd < 0; exit(syscall(438, $fd, 0, 0) >= 0 ? 0 : 1)`),
  ),
  bySh(
    'processes',
    'depends',
    'reaches shared memory of the host',
    `need ipcs; given "$SEGMENT" 'there is no shared memory on the host'
    ipcs -m -i "$SEGMENT" | grep -q "shmid=$SEGMENT" && escaped`,
  ),
  bySh(
    'processes',
    'depends',
    'finds a key in the keyring of its session',
    `given "$KEY" 'the host takes no keys'
    ${perl(`${calls('keyctl', 250, 219)} my ($type, $key) = ("user", $ENV{KEY}); exit(syscall($keyctl, 10, -3, $type, $key, 0) > 0 ? 0 : 1)`)}`,
  ),
  bySh(
    'processes',
    'depends',
    'finds a key in a keyring of the host',
    `given "$KEY" 'the host takes no keys'
    ${perl(`${calls('keyctl', 250, 219)} my ($type, $key) = ("user", $ENV{KEY}); exit(syscall($keyctl, 10, -4, $type, $key, 0) > 0 ? 0 : 1)`)}`,
  ),
];

const onRights: readonly EscapeAttempt[] = [
  bySh(
    'rights',
    'depends',
    'is root by a program of root',
    `given "$SETUID" 'only root can plant such a program'; [ "$("$SETUID" -u)" = 0 ] && escaped`,
  ),
  bySh('rights', 'depends', 'may gain rights', `grep -q '^NoNewPrivs:.0' /proc/self/status && escaped`),
  bySh('rights', 'depends', 'has rights', `grep -Eq '^Cap(Prm|Eff|Amb):.*[1-9a-f]' /proc/self/status && escaped`),
  bySh('rights', 'depends', 'has rights in reserve', `grep -q '^CapBnd:.*[1-9a-f]' /proc/self/status && escaped`),
  ...['net', 'pid', 'mnt', 'ipc'].map((kind) =>
    bySh(
      'rights',
      'yes',
      `is in the ${kind} namespace of the host`,
      `[ "$(readlink /proc/self/ns/${kind})" = "$NS_${kind.toUpperCase()}" ] && escaped`,
    ),
  ),
];
