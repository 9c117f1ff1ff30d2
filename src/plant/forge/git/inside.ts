import { JidokaError } from '../../../core/base/error.ts';
import type { GitTree } from '../../../core/ports/git.ts';
import type { Command, Conversation, ProcessResult } from '../../../core/ports/process.ts';
import { gitFailed } from './git.ts';
import { rawBytes } from '../mirror.ts';

/** Git inside a workspace reads no settings but those of the repository at hand and ours. */
const settings = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
const insideMs = 600_000;

/** Has a script of sh run in the tree; its arguments are $1, $2, …. */
export function runInside(tree: Pick<GitTree, 'converse'>, script: string, args: readonly string[] = []): Promise<Conversation> {
  const command: Command = {
    argv: ['/bin/sh', '-c', script, 'git', ...args],
    cwd: '',
    env: settings,
    timeoutMs: insideMs,
    network: 'none',
  };
  return tree.converse(command);
}

/** Waits for a script that says nothing of interest but whether it went well. */
export async function mustInside(doing: string, conversation: Conversation, input = ''): Promise<void> {
  const passed = passOver(conversation);
  if (input !== '') await conversation.write(Buffer.from(input));
  conversation.end();
  const [, result] = await Promise.all([passed, conversation.result]);
  wentWell(doing, result);
}

/** Takes what a script prints, so that it can go on, and keeps none of it. */
async function passOver({ output }: Conversation): Promise<void> {
  const pieces = output[Symbol.asyncIterator]();
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next());
}

/** Throws `git-failed`, or `disk-full`, where a script inside did not end well. */
export function wentWell(doing: string, { exit, stderr }: ProcessResult): void {
  if (exit.kind === 'exited' && exit.code === 0) return;
  if (exit.kind === 'exited' && exit.code === notEmpty) {
    throw new JidokaError('invariant', 'The tree of the workspace is not empty.', { mend: 'Fill the tree of a new workspace.' });
  }
  const code = exit.kind === 'exited' ? exit.code : null;
  const said = exit.kind === 'not-started' ? `${exit.message}\n` : exit.kind === 'exited' ? '' : `fatal: it was ended: ${exit.kind}\n`;
  throw gitFailed([`(${doing})`], { code, stdout: Buffer.alloc(0), stderr: `${said}${stderr}` });
}

/** Exit code of the filling script for a tree that has something in it. */
const notEmpty = 77;

/** Arguments: branch, object format. Becomes what the sending side talks to, then checks out what it was sent. */
export const fillScript = `set -eu
[ -z "$(ls -A .)" ] || exit ${notEmpty}
git init --quiet --template= --object-format="$2" --initial-branch="$1" .
# By the shell, not by git config: to start a program takes longer than all that is written here. Owner, inode and change
# time differ between a base and the layers over it.
printf '[%s]\\n\\t%s\\n' user 'name = jidoka' user 'email = jidoka@localhost' push 'default = nothing' gc 'auto = 0' core 'checkStat = minimal' >>.git/config
mkdir -p .git/info
printf '%s' '${rawBytes}' >.git/info/attributes
git -c receive.denyCurrentBranch=ignore -c receive.shallowUpdate=true -c transfer.unpackLimit=1 -c receive.autogc=false \\
  -c core.hooksPath=/dev/null receive-pack .
exec >&2
git read-tree HEAD
git checkout-index --all --force -u --quiet
rm -r .git/info`;

/** Words that make a commit of a tree come out the same wherever it is made. */
export const nobody = {
  GIT_AUTHOR_NAME: 'jidoka',
  GIT_AUTHOR_EMAIL: 'jidoka@localhost',
  GIT_AUTHOR_DATE: '1000000000 +0000',
  GIT_COMMITTER_NAME: 'jidoka',
  GIT_COMMITTER_EMAIL: 'jidoka@localhost',
  GIT_COMMITTER_DATE: '1000000000 +0000',
};

const asNobody = `export ${Object.entries(nobody)
  .map(([name, value]) => `${name}='${value}'`)
  .join(' ')}`;

/**
 * Makes a filled tree ready to be sealed. Files that were written in the second of the index are read again by every git
 * status in every layer, so it is looked at once that second is over. Commits of the base's tree, and of what the setup
 * left where it left something, are made now for every harvest to come.
 */
export const settleScript = `set -eu
${asNobody}
mkdir .git/jidoka
common=$(git commit-tree 'HEAD^{tree}' -m tree </dev/null)
echo "$common" >.git/jidoka/common
cp .git/index .git/jidoka/index
GIT_INDEX_FILE=.git/jidoka/index git add --all --ignore-errors . || echo 'some of what the setup left cannot be read' >&2
setup=$(GIT_INDEX_FILE=.git/jidoka/index git write-tree)
rm .git/jidoka/index
[ "$setup" = "$(git rev-parse 'HEAD^{tree}')" ] || git commit-tree "$setup" -p "$common" -m setup </dev/null >.git/jidoka/setup
sleep 1.1
touch .git/index
git update-index -q --refresh || [ -e .git/jidoka/setup ]`;

/**
 * Arguments: object format, folder of the untouched base or ''. Prints every file and link of the tree; not in
 * node_modules, not in a .git whatever it is, and no pipes or devices. Reads the lengths of three lists and the lists:
 * submodules, what is gone, what is there. Then it becomes what the receiving side talks to. Of the tree's own repository,
 * its settings, attributes and ignore rules nothing is looked at.
 */
export const harvestScript = `set -eu
unset GIT_DIR GIT_INDEX_FILE
tree=$(pwd -P)
find . -iname .git -prune -o -name node_modules -prune -o \\( -type f -o -type l \\) -print0
printf '\\0'
git=$(mktemp -d)/git
trap 'rm -rf "\${git%/git}"' EXIT
mkdir "$git" "$git/objects" "$git/objects/info" "$git/refs" "$git/refs/heads" "$git/info"
echo ref: refs/heads/harvest >"$git/HEAD"
if [ "$1" = sha1 ]; then version=0; else version=1; fi
printf '[core]\\n\\trepositoryformatversion = %s\\n\\tcheckStat = minimal\\n\\tattributesFile = /dev/null\\n' $version >"$git/config"
[ $version = 0 ] || printf '[extensions]\\n\\tobjectFormat = %s\\n' "$1" >>"$git/config"
printf '%s' '${rawBytes}' >"$git/info/attributes"
parents=
if [ -n "$2" ] && [ -e "$2/jidoka/common" ]; then
  printf '%s\\n' "$2/objects" >"$git/objects/info/alternates"
  cp "$2/index" "$git/index"
  read -r common <"$2/jidoka/common"
  parents="-p $common"
fi
export GIT_DIR="$git" GIT_WORK_TREE="$tree"
${asNobody}
read -r links gone present
[ "$links" = 0 ] || head -c "$links" | git update-index -z --index-info
[ "$gone" = 0 ] || head -c "$gone" | git update-index --force-remove -z --stdin
head -c "$present" | git update-index --add --replace -z --stdin
git commit-tree "$(git write-tree)" $parents -m tree </dev/null >"$git/refs/heads/harvest"
if [ -n "$parents" ] && [ -e "$2/jidoka/setup" ]; then cp "$2/jidoka/setup" "$git/refs/heads/setup"; else cp "$git/refs/heads/harvest" "$git/refs/heads/setup"; fi
unset GIT_WORK_TREE
git upload-pack "$git"`;
