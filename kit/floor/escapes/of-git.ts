import { bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

/** What a command reaches by git, and traps that it leaves for whoever runs git in its tree. */
export function attemptsByGit(): readonly EscapeAttempt[] {
  return [...directly, ...traps.map(([name, script]) => trap(name, script))];
}

/** Not below its tree, so that it finds nothing of the tree's own repository. */
const directly: readonly EscapeAttempt[] = [
  bySh(
    'git',
    'yes',
    'reads a repository of the host by git',
    `need git; git ls-remote "file://$ROOT/other/repository" | grep -q . && escaped`,
  ),
  bySh(
    'git',
    'yes',
    'clones a repository of the host by its objects',
    `need git
    rm -rf taken; git init -q taken; echo "$ROOT/other/repository/objects" >taken/.git/objects/info/alternates
    git -C taken cat-file -p "$COMMIT" && escaped`,
  ),
  bySh(
    'git',
    'yes',
    'pushes to a repository of the host',
    `need git
    rm -rf pushed; git init -q pushed; cd pushed; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m pushed
    git push -q "file://$ROOT/other/repository" HEAD:refs/heads/pushed && escaped`,
  ),
  bySh('git', 'yes', 'asks a server of the host by git', `need git; git ls-remote "http://127.0.0.1:$PORT/x.git"; exit 1`),
  bySh('git', 'depends', 'finds a remote of its repository', `need git; git remote -v | grep -q . && escaped "$(git remote -v)"`),
  bySh(
    'git',
    'depends',
    'finds a credential for git',
    `need git
    printf 'protocol=https\\nhost=example.com\\n\\n' | GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=true git credential fill | grep -q '^password=.' && escaped`,
  ),
];

/** The payload says on the host that it ran; the command itself does not run it, or its own doing would be seen. */
const payload = (name: string): string => `payload="$PWD/payload-${name}.sh"
  printf '#!/bin/sh\\n: >"%s/outside/git-${name}" 2>/dev/null\\n${name === 'filter' ? 'cat' : 'exit 0'}\\n' "$ROOT" >"$payload"; chmod 755 "$payload"`;

/** A file that is changed, one that is new, and a repository to leave the trap in. */
const prepared = `need git; export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  [ -d .git ] || git init -q .; echo base >changed.txt; git add changed.txt; git commit -qm base; echo changed >changed.txt; echo new >new.txt`;

const traps: readonly (readonly [name: string, script: string])[] = [
  ['fsmonitor', `git config core.fsmonitor "$payload"`],
  ['filter', `echo '* filter=trap' >.gitattributes; git config filter.trap.clean "$payload"; git config filter.trap.smudge "$payload"`],
  ['process', `echo '* filter=trap' >.gitattributes; git config filter.trap.process "$payload"`],
  [
    'hooks',
    `mkdir -p .git/hooks; for hook in pre-commit post-commit post-checkout post-index-change reference-transaction pre-push update post-update pre-auto-gc; do
    cp "$payload" ".git/hooks/$hook"; done`,
  ],
  [
    'hooks-path',
    `mkdir -p hooks; for hook in pre-commit post-index-change reference-transaction; do cp "$payload" "hooks/$hook"; done; git config core.hooksPath "$PWD/hooks"`,
  ],
  ['include', `printf '[core]\\n fsmonitor = %s\\n' "$payload" >included; git config include.path "$PWD/included"`],
  ['sign', `git config commit.gpgsign true; git config gpg.program "$payload"`],
  ['diff', `echo '* diff=trap' >.gitattributes; git config diff.trap.command "$payload"; git config diff.external "$payload"`],
  [
    'remote',
    `git config protocol.ext.allow always; git config remote.origin.url "ext::$payload"; git config remote.origin.fetch '+refs/*:refs/*'`,
  ],
  [
    'elsewhere',
    `git init -q --bare elsewhere; git -C elsewhere config core.bare false; git -C elsewhere config core.fsmonitor "$payload"
    rm -rf .git; echo 'gitdir: elsewhere' >.git`,
  ],
  [
    'nested',
    `git init -q nested; git -C nested commit -q --allow-empty -m nested; git add nested; git -C nested config core.fsmonitor "$payload"; echo x >nested/x`,
  ],
];

function trap(name: string, script: string): EscapeAttempt {
  const whole = `${prepared}\n${payload(name)}\n${script}`;
  return bySh('git', 'depends', `leaves a trap for git: ${name}`, whole, { afterwards: { kind: 'harvest' } });
}
