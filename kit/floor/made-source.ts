import type { Conversation } from '../../src/core/ports/floor.ts';
import type { GitSink, GitSource, GitTree } from '../../src/core/ports/git.ts';

/** A commit of these files, sent into a tree without any repository on this side: git inside makes it of a stream. */
export function madeSource(files: Readonly<Record<string, string>>): GitSource {
  const stream = Buffer.from(importOf(files));
  return {
    commit: 'made',
    async plant(tree) {
      const script =
        'git init --quiet --template= . && git config core.checkStat minimal && git fast-import --quiet && git reset --quiet --hard main';
      const talk = await inShell(tree, script);
      await talk.write(stream);
      talk.end();
      const { exit, stderr } = await talk.result;
      if (exit.kind !== 'exited' || exit.code !== 0) throw new Error(`The tree was not filled: ${stderr}`);
    },
    async settle(tree) {
      const talk = await inShell(tree, 'git status --porcelain');
      talk.end();
      await talk.result;
    },
  };
}

/** What git inside says differs from the tree's own commit: ' M a.txt', '?? new'. */
export const statusSink: GitSink<readonly string[]> = {
  async take(tree) {
    const talk = await inShell(tree, 'git status --porcelain --untracked-files=all');
    talk.end();
    let said = '';
    for await (const chunk of talk.output) said += Buffer.from(chunk).toString('utf8');
    const { exit, stderr } = await talk.result;
    if (exit.kind !== 'exited' || exit.code !== 0) throw new Error(`git status did not end well: ${stderr}`);
    return said.split('\n').filter((line) => line !== '');
  },
};

function inShell(tree: GitTree, script: string): Promise<Conversation> {
  const env = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  return tree.converse({ argv: ['/bin/sh', '-c', script], cwd: '', env, timeoutMs: 60_000, network: 'none' });
}

function importOf(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  return `commit refs/heads/main\ncommitter jidoka <jidoka@localhost> 1000000000 +0000\ndata 4\nbase\n${entries.join('')}\n`;
}
