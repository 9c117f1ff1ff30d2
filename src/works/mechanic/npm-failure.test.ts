import { describe, expect, it } from 'vitest';
import type { ProcessExit, ProcessResult } from '../../core/ports/floor.ts';
import { classifyNpmFailure } from './index.ts';
import { npmErrorLines } from './npm-failure.ts';

const result = (stderr: string, exit: ProcessExit = { kind: 'exited', code: 1 }): ProcessResult => ({
  exit,
  stdout: '',
  stderr,
  truncated: false,
  durationMs: 1,
});

describe('a failure of npm', () => {
  it.each([
    ['npm error code E503\nnpm error 503 Service Unavailable', 'registry'],
    ['npm ERR! code E500', 'registry'],
    ['npm error code EINTEGRITY', 'registry'],
    ['npm error code ENOTFOUND\nnpm error network request to http://x failed', 'network'],
    ['npm error code ECONNREFUSED', 'network'],
    ['npm error code EAI_AGAIN', 'network'],
    ['npm error code ETIMEDOUT', 'network'],
    ['npm error code ERR_SOCKET_TIMEOUT', 'network'],
    ['npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write', 'disk'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'memory'],
    [
      'npm error code 128\nnpm error An unknown git error occurred\nnpm error command git --no-replace-objects ls-remote ssh://git@host/x.git\nnpm error ssh: Could not resolve hostname host',
      'environment',
    ],
    ['npm error code ENOENT\nnpm error syscall spawn git', 'environment'],
    ['npm error code E401', 'environment'],
    ['npm error code ERESOLVE', null],
    ['npm error code E404', null],
    ['npm error code ETARGET', null],
    ['npm error code EUSAGE\nnpm error `npm ci` can only install packages when your package.json and package-lock.json are in sync', null],
    ['Error: something else', null],
  ])('that says %j is %s', (stderr, expected) => {
    expect(classifyNpmFailure(result(stderr))).toBe(expected);
  });

  it.each([
    [{ kind: 'timed-out', afterMs: 1 }, 'timeout'],
    [{ kind: 'stalled', afterMs: 1 }, 'stall'],
    [{ kind: 'not-started', message: 'no npm' }, 'environment'],
    [{ kind: 'signalled', signal: 'SIGKILL' }, 'memory'],
    [{ kind: 'exited', code: 137 }, 'memory'],
    [{ kind: 'exited', code: 0 }, null],
    [{ kind: 'cancelled' }, null],
  ] as const)('that ends as %j is %s', (exit, expected) => {
    expect(classifyNpmFailure(result('', exit))).toBe(expected);
  });

  it('is told in the lines that matter', () => {
    const text =
      'npm warn old\nnpm error code ERESOLVE\nnpm error ERESOLVE could not resolve\nnpm error\nnpm error A complete log of this run can be found in: /home/x/.npm/_logs/2024-debug-0.log';
    expect(npmErrorLines(result(text))).toBe('ERESOLVE could not resolve');
    expect(npmErrorLines(result('', { kind: 'timed-out', afterMs: 5 }))).toBe('npm did not end within 5 ms');
  });
});
