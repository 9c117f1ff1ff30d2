import { isKnownMachine, numbersOf } from './landlock/call-filter.ts';
import { wallFailed } from './namespaces-script.ts';

/**
 * Arguments that go before those of a wall, so that it starts with an empty session keyring: no namespace keeps the
 * keyring of the factory's own session out, and in it are tickets and the keys of its user. Nothing where perl is missing,
 * which alone can ask for this. Where the kernel refuses keyrings to everybody, there are none to keep out.
 */
export function ownKeyring(perl: string | null, machine: string = process.arch): readonly string[] {
  if (perl === null || !isKnownMachine(machine)) return [];
  return [perl, '-e', programOf(numbersOf(machine).keyctl), '--'];
}

/** What a reader of the evidence must know where there is none. */
export const sharedKeyring = "commands can use the keys in the keyring of the factory's own session";

/** KEYCTL_JOIN_SESSION_KEYRING, without a name; ENOSYS and EPERM mean that nobody has any. */
function programOf(keyctl: number): string {
  return `if (syscall(${keyctl}, 1, 0) < 0 && $! != 38 && $! != 1) {
  print STDERR "wall: no keyring of its own can be had ($!), so nothing was started\\n";
  exit ${wallFailed};
}
exec { $ARGV[0] } @ARGV;
print STDERR "wall: $ARGV[0] cannot be started: $!\\n";
exit ${wallFailed};
`;
}
