/**
 * Shell that closes every file but the first three: a folder or a socket that the factory's own parent left open would be
 * a hole in any wall. Small shells cannot the tenth and higher, but bash can, so where there is one bash starts the script
 * anew: `$0` must be its own text.
 */
export const closeFiles = `for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  case $fd in
    [0-2]) ;;
    [3-9]) eval "exec $fd>&-" ;;
    *) exec bash -c 'for fd in /proc/self/fd/*; do
      fd=\${fd##*/}
      [ "$fd" -lt 3 ] || eval "exec $fd>&-"
    done
    exec /bin/sh -c "$0" "$0" "$@"' "$0" "$@" ;;
  esac
done`;

/** Shell that sets `uid` and `gid` to those it runs as; it asks the kernel, for a program costs a millisecond. */
export const ownIds = `uid= gid=
while read -r key id rest; do
  case $key in Uid:) uid=$id ;; Gid:) gid=$id; break ;; esac
done </proc/self/status`;

/** Shell that makes up the files by which programs look up users and addresses, from `uid`, `gid` and `home`. */
export const madeUp = `passwd="job:x:$uid:$gid:job:$home:/bin/sh
root:x:0:0:root:/root:/bin/sh"
group="job:x:$gid:
root:x:0:"
hosts="127.0.0.1 localhost
::1 localhost"`;
