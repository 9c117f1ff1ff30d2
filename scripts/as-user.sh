#!/usr/bin/env bash
# Runs a command in a copy of this checkout as a user without rights: scripts/as-user.sh npm test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "$#" -gt 0 ] || { echo 'usage: scripts/as-user.sh COMMAND [ARGUMENT…]' >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || exec "$@"
[ -d node_modules ] || { echo 'There is no node_modules: run npm ci first.' >&2; exit 2; }

user=nobody
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
mkdir "$box/checkout" "$box/home" "$box/tmp"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create | tar --extract --directory "$box/checkout"
cp -a --reflink=auto node_modules "$box/checkout/"
# What is built is built anew only where a source has changed.
[ ! -d dist ] || cp -a --reflink=auto dist "$box/checkout/"
chown -R "$user": "$box"

# A clean environment, but for where packages come from: in the user's own settings, so that a project's go before them.
echo "registry=$(npm config get registry)" > "$box/home/.npmrc"
environment=("HOME=$box/home" "TMPDIR=$box/tmp" "PATH=$PATH" "LANG=C.UTF-8" "USER=$user" "CI=true" "NO_COLOR=1")
[ -z "${NODE_EXTRA_CA_CERTS:-}" ] || environment+=("NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS")
as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env -i "${environment[@]}")

cd "$box/checkout"
"${as_user[@]}" node --version >/dev/null || { echo "$user cannot run $(command -v node): install Node where every user can read it." >&2; exit 1; }
"${as_user[@]}" "$@"
