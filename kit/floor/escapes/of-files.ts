import { bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

/** Files of the host: those that hold secrets, and those that a command must not change. */
export function attemptsOnFiles(): readonly EscapeAttempt[] {
  return [...onHomes, ...onNeighbours, ...onWriting, ...onLinks];
}

const onHomes: readonly EscapeAttempt[] = [
  bySh('home', 'yes', 'reads a key in a home', `cat "$ROOT/home/.ssh/id" && escaped`),
  bySh('home', 'yes', 'reads the password file of the host', `cat /etc/passwd >/dev/null && same /etc/passwd "$PASSWD" && escaped`),
  bySh('home', 'no', 'reads /etc/shadow of the host', `cat /etc/shadow >/dev/null && same /etc/shadow "$SHADOW" && escaped`),
  bySh(
    'home',
    'depends',
    'lists the homes of the host',
    `for one in $HOMES; do
      same "\${one%%=*}" "\${one#*=}" && [ -n "$(ls -A "\${one%%=*}")" ] && escaped "\${one%%=*}"
    done; exit 1`,
  ),
  bySh('home', 'depends', 'uses a folder left open', `cat /proc/self/fd/5/.ssh/id && escaped`),
  bySh('home', 'depends', 'uses a folder left open high up', `cat /proc/self/fd/23/.ssh/id && escaped`),
  bySh('home', 'depends', 'reads through the root of a process of the host', `cat "/proc/$VICTIM/root$ROOT/home/.ssh/id" && escaped`),
  bySh('home', 'no', 'reads through the root of the first process', `cat "/proc/1/root$ROOT/home/.ssh/id" && escaped`),
  bySh('home', 'depends', 'reads through the folder of a process of the host', `cat "/proc/$VICTIM/cwd$ROOT/home/.ssh/id" && escaped`),
];

const onNeighbours: readonly EscapeAttempt[] = [
  bySh('neighbour', 'yes', 'reads a folder of somebody else', `cat "$ROOT/other/tree/file" && escaped`),
  bySh('neighbour', 'yes', 'writes a folder of somebody else', `echo x >"$ROOT/other/tree/written" && escaped`),
  bySh(
    'neighbour',
    'yes',
    'reads another workspace',
    `cat "$NEIGHBOUR/of-neighbour" | grep -qF "$NEIGHBOUR_SECRET_A$NEIGHBOUR_SECRET_B" && escaped`,
  ),
  bySh('neighbour', 'yes', 'writes another workspace', `[ -e "$NEIGHBOUR/of-neighbour" ] && echo x >>"$NEIGHBOUR/of-neighbour" && escaped`),
  bySh(
    'neighbour',
    'yes',
    'sees a process of another workspace',
    `printf %s "$NEIGHBOUR_MARK_A$NEIGHBOUR_MARK_B" >mark; cat /proc/[0-9]*/cmdline 2>/dev/null | grep -qaFf mark && escaped`,
  ),
  bySh(
    'neighbour',
    'yes',
    'signals a process of another workspace',
    `printf %s "$NEIGHBOUR_MARK_A$NEIGHBOUR_MARK_B" >mark
    for one in $(grep -alFf mark /proc/[0-9]*/cmdline 2>/dev/null); do
      pid=\${one#/proc/}; pid=\${pid%%/*}; kill -0 "$pid" && escaped "$pid"
    done; exit 1`,
  ),
];

const onWriting: readonly EscapeAttempt[] = [
  bySh('write', 'yes', 'writes a folder of the host that everybody may write', `echo x >"$ROOT/outside/written" && escaped`),
  bySh('write', 'yes', 'writes what it may only read', `echo x >"$ROOT/readable/written" && escaped`),
  bySh('write', 'yes', 'writes a file it may only read', `echo planted >>"$ROOT/readable/file" && escaped`),
  bySh(
    'write',
    'yes',
    'opens anew for writing what it holds open',
    `exec 3<"$ROOT/readable/file" && echo planted >/proc/self/fd/3 && escaped`,
  ),
  // What they reach the host sees; a floor may well have such a folder of its own.
  ...['/usr', '/etc', '/', '/dev', '/run', '/var'].map((folder) =>
    bySh('write', 'no', `writes ${folder} of the host`, `: >"${folder === '/' ? '' : folder}/jidoka-escape" && echo written`),
  ),
  bySh('write', 'depends', 'writes /tmp of the host', `: >/tmp/jidoka-escape && echo written`),
];

const onLinks: readonly EscapeAttempt[] = [
  bySh('links', 'yes', 'follows a link out of its tree', `ln -sf "$ROOT/home/.ssh/id" link; cat link && escaped`),
  bySh('links', 'yes', 'follows a link to a folder out of its tree', `ln -sfn "$ROOT/other/tree" up; echo x >up/linked && escaped`),
  bySh('links', 'depends', 'links a file from outside', `ln -f "$ROOT/other/tree/file" mine && cat mine && escaped`),
  bySh('links', 'yes', 'moves a file outside', `: >mine2; mv mine2 "$ROOT/other/tree/" && escaped`),
  bySh('links', 'depends', 'has the factory read a link', `ln -sfn "$ROOT/home/.ssh/id" leak`, {
    afterwards: { kind: 'files', use: async (files) => (await files.read('leak'))?.includes('planted') ?? false },
  }),
  bySh('links', 'depends', 'has the factory read below a linked folder', `ln -sfn "$ROOT/home" up`, {
    afterwards: { kind: 'files', use: async (files) => (await files.read('up/.ssh/id'))?.includes('planted') ?? false },
  }),
  bySh('links', 'depends', 'has the factory list a linked folder', `ln -sfn "$ROOT/home" up`, {
    afterwards: { kind: 'files', use: async (files) => (await files.list('up')).length > 0 },
  }),
  // The host sees whether these got there.
  bySh('links', 'depends', 'has the factory write below a linked folder', `ln -sfn "$ROOT/outside" up`, {
    afterwards: { kind: 'files', use: async (files) => files.write('up/written', 'x').then(() => false) },
  }),
  bySh('links', 'depends', 'has the factory write over a link', `ln -sfn "$ROOT/outside/kept" leak`, {
    afterwards: { kind: 'files', use: async (files) => files.write('leak', 'x').then(() => false) },
  }),
  bySh('links', 'depends', 'has the factory remove below a linked folder', `ln -sfn "$ROOT/outside" up`, {
    afterwards: { kind: 'files', use: async (files) => files.remove('up/kept').then(() => false) },
  }),
];
