import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readWhere, whereAre } from './program-question.ts';

function ask(...programs: Parameters<typeof whereAre>[0]): readonly (string | null)[] {
  const [shell, ...args] = whereAre(programs);
  return readWhere(execFileSync(shell, args, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } }));
}

describe('where programs are', () => {
  it('is told in the order asked: by path, else on PATH, else not', () => {
    expect(
      ask(
        { name: 'nothing-of-the-kind', path: null },
        { name: 'nothing-of-the-kind', path: process.execPath },
        { name: 'env', path: '/not/there' },
        { name: 'env', path: '/etc/passwd' },
        { name: 'env', path: '/usr' },
      ),
    ).toEqual([null, process.execPath, '/usr/bin/env', '/usr/bin/env', '/usr/bin/env']);
  });

  it('takes no word of the shell for a program, and runs nothing that a name says', () => {
    expect(ask({ name: 'cd', path: null }, { name: '$(touch /tmp/jidoka-was-here)', path: '`id`' }, { name: '-v', path: null })).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('is nothing where nothing is asked', () => {
    expect(ask()).toEqual([]);
  });
});
