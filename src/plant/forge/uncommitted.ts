import { JidokaError } from '../../core/base/error.ts';
import type { Git } from './git/git.ts';

/**
 * Counts the files of a work tree that differ from its commit, untracked ones included. Nothing that the repository
 * configures is run, and its index is not touched.
 */
export async function countUncommitted(git: Git, top: string): Promise<number> {
  const off = (await filterSettings(git, top)).flatMap((key) => ['-c', `${key}=`]);
  const how = ['status', '--porcelain=v1', '-z', '--untracked-files=normal', '--ignore-submodules=all', '--no-renames'];
  const out = await git.must([...off, ...how], { cwd: top });
  return out.toString('utf8').split('\0').length - 1;
}

/** Names of the settings by which a repository would have programs run over changed files. */
async function filterSettings(git: Git, top: string): Promise<readonly string[]> {
  const found = await git.run(['config', '-z', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'], {
    cwd: top,
  });
  const keys = found.stdout
    .toString('utf8')
    .split('\0')
    .filter((key) => key !== '');
  const strange = keys.find((key) => key.includes('='));
  if (strange !== undefined) {
    throw new JidokaError('repository-invalid', `The git setting ${JSON.stringify(strange)} of ${top} cannot be switched off.`, {
      mend: 'Remove it, or name a clone of the repository instead.',
    });
  }
  return [...new Set(keys)];
}
