/**
 * Shows the files of one user as those of another: an idmapped mount, which mount(8) knows only since util-linux 2.39.
 * Arguments: the number of the call unshare, folder, where to show it, the user on disk, the user to show. The other
 * numbers are the same on x86-64 and arm64.
 *
 * Source: mount_setattr(2), open_tree(2), move_mount(2), user_namespaces(7).
 */
const idmapProgram = `
use strict;
my ($unshare, $from, $to, $disk, $shown) = @ARGV;
pipe(my $up, my $told) && pipe(my $wait, my $go) or die "pipe: $!";
my $child = fork() // die "fork: $!";
if (!$child) {
  syscall($unshare, 0x10000000) == 0 or exit 9;
  syswrite $told, 'x';
  close $go;
  sysread $wait, my $byte, 1;
  exit 0;
}
close $wait;
sysread $up, my $byte, 1;
for my $ids ('uid_map', 'gid_map') {
  open my $map, '>', "/proc/$child/$ids" or die "$ids: $!";
  syswrite $map, "$disk $shown 1\\n" or die "$ids: $!";
  close $map or die "$ids: $!";
}
open my $users, '<', "/proc/$child/ns/user" or die "namespace: $!";
my $empty = '';
my $tree = syscall(428, -100, $from, 0x80001);
$tree >= 0 or die "open_tree: $!";
my $attributes = pack 'Q4', 0x100001, 0, 0, fileno $users;
syscall(442, $tree, $empty, 0x1000, $attributes, 32) == 0 or die "mount_setattr: $!";
syscall(429, $tree, $empty, -100, $to, 4) == 0 or die "move_mount: $!";
close $go;
waitpid $child, 0;
`;

/** The program by which a holder of root shows the base as the job's own. */
export const idmapArguments = ['-e', idmapProgram, process.arch === 'arm64' ? '97' : '272'] as const;

/**
 * Mounts the layer in a mount namespace of its own, says `ready`, and stays, so that others can enter. Arguments: base,
 * upper, work, tree, options, where to show the base, then nothing, or the command that shows it as the job's own.
 */
export const holderScript = `set -eu
base=$1 upper=$2 work=$3 tree=$4 options=$5 at=$6
shift 6
if [ $# -gt 0 ]; then
  "$@" "$base" "$at" "$disk" "$shown"
  base=$at
fi
mount -t overlay -o "\${options}lowerdir=$base,upperdir=$upper,workdir=$work" overlay "$tree"
echo ready
exec >/dev/null 2>&1 sleep 2147483647
`;
