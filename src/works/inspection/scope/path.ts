/**
 * Says what is wrong with a path as a place inside a repository, or null. A path that the file system could take for
 * another one (`..`, a backslash, an invisible character, a name that git itself owns) is wrong.
 *
 * @example
 * pathFault('src/../../etc/passwd'); // 'leaves the tree'
 */
export function pathFault(path: string): string | null {
  if (path === '') return 'empty path';
  if (/^(?:[/\\~]|[A-Za-z]:)/.test(path)) return 'absolute path';
  if (path.includes('\\')) return 'backslash in path';
  if (/[\p{Cc}\p{Cf}]/u.test(path)) return 'invisible character in path';
  const segments = path.split('/');
  if (segments.includes('..')) return 'leaves the tree';
  if (segments.some((segment) => segment === '' || segment === '.')) return 'path is not in its shortest form';
  // Some file systems drop trailing dots and spaces, and read GIT~1 as .git.
  if (segments.some((segment) => /^(?:\.git|git~\d+)[. ]*$/i.test(segment))) return 'inside the git folder';
  if (segments.some((segment) => /[. ]$/.test(segment))) return 'name ends in a dot or a space';
  return null;
}
