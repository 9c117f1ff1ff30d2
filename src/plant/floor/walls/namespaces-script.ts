import { closeFiles, madeUp } from './shell-parts.ts';

/** Exit code of a wall that could not be built; the command was not started. */
export const wallFailed = 125;

/** Becomes its arguments, with nothing open that it was not given. */
export const launchScript = `${closeFiles}
exec "$@"
`;

/**
 * Puts the root together and becomes the command. Runs as root of a new user namespace, in new namespaces of every other
 * kind. It is told everything by arguments, lists as lines; each program it starts costs a millisecond, so that all
 * mounts are one table.
 *
 * Arguments: where to put the root together, home, folder to run in; folders, files, links of the host's root, other
 * links (target, where), mounts (path that must be there for it or `-`, row of the table), mounts below others
 * (options, where); folders in memory that others are in; then NAME=value of the environment, and the command.
 */
export const setupScript = `set -euf
trap '[ $? -eq 0 ] || { echo "wall: it could not be built, so nothing was started" >&2; exit ${wallFailed}; }' EXIT
stage=$1 home=$2 folder=$3 folders=$4 files=$5 root_links=$6 links=$7 mounts=$8 inner=$9
shift 9
memory=$1
shift
read -r inside uid length </proc/self/uid_map
read -r inside gid length </proc/self/gid_map
IFS='
'
memory() { for at; do mkdir -p -- "$at"; mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$at"; done; }
link() { while [ $# -gt 1 ]; do ln -s -- "$1" "$2"; shift 2; done; }
list() {
  while [ $# -gt 1 ]; do
    if [ "$1" = - ] || [ -e "$1" ]; then
      table="$table$2
"
      [ "$1" = - ] || [ -e "$stage$1" ] || if [ -d "$1" ]; then mkdir "$stage$1"; else : >"$stage$1"; fi
    fi
    shift 2
  done
}
restrict() { while [ $# -gt 1 ]; do [ ! -e "$2" ] || mount -o "remount,bind,$1" -- "$2"; shift 2; done; }

ip link set lo up & network=$!
if command -v hostname >/dev/null; then hostname localhost & fi
mount -t tmpfs -o mode=0755,nosuid,nodev wall "$stage"
memory $memory
mkdir -p -- $folders
for file in $files; do : >"$file"; done
[ -z "$root_links" ] || cp -P -- $root_links "$stage"
cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr "$stage/dev"
link $links
${madeUp}
printf '%s\\n' "$passwd" >"$stage/etc/passwd"
printf '%s\\n' "$group" >"$stage/etc/group"
printf '%s\\n' "$hosts" >"$stage/etc/hosts"
table=
list $mounts
printf '%s' "$table" >"$stage/run/table"
mount --all --fstab "$stage/run/table"
restrict $inner
wait "$network"

cd "$stage"
pivot_root . home
umount -l /home
: >/run/table
mount -o remount,bind,ro,nosuid,nodev /
cd "$folder"
# It stays the first process, for what kills it with its launcher would be lost with the user namespace. The command is in
# another, from which it can neither see into this one nor change it.
unshare --user --map-user="$uid" --map-group="$gid" --keep-caps \\
  setpriv --no-new-privs --ambient-caps -all --inh-caps -all --bounding-set -all \\
  setsid --wait env -i -- \${JIDOKA_JOB:+"JIDOKA_JOB=$JIDOKA_JOB"} "$@" || { code=$?; trap - EXIT; exit "$code"; }
`;
