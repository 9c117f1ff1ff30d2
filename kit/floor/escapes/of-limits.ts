import type { Limits } from '../../../src/core/ports/floor.ts';
import { byNode, bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

const mebibyte = 2 ** 20;
/** What a workspace of these attempts may use; each takes about twice as much, and no more, where nothing holds it. */
const limits: Limits = { memoryBytes: 512 * mebibyte, cpus: 1, processes: 128, diskBytes: 64 * mebibyte };

/** Bombs, each of bounded size. */
export function attemptsOnLimits(): readonly EscapeAttempt[] {
  return attempts;
}

const holdMs = 1_500;

const attempts: readonly EscapeAttempt[] = [
  byNode(
    'limits',
    'yes',
    'takes more memory than it may',
    `const taken = []; for (let i = 0; i < 16; i += 1) taken.push(Buffer.alloc(64 * 2 ** 20, 1)); escaped(taken.length * 64 + ' MiB')`,
    { limits },
  ),
  byNode(
    'limits',
    'yes',
    'takes more memory than it may by many processes',
    `const { fork, spawn } = require('child_process'); const each = 'const b = Buffer.alloc(160 * 2 ** 20, 1); console.log("taken"); setTimeout(() => b.length, 20000)';
    let taken = 0; const ended = () => refused('one ended while ' + taken + ' had taken theirs');
    const all = Array.from({ length: 6 }, () => spawn(process.execPath, ['-e', each]).on('exit', ended).on('error', ended));
    for (const one of all) one.stdout.on('data', () => { taken += 1; if (taken === 6) setTimeout(() => { for (const o of all) { o.removeAllListeners('exit'); o.kill(); } escaped('960 MiB'); }, ${holdMs}); });`,
    { limits },
  ),
  bySh(
    'limits',
    'depends',
    'fills the memory of the host by files',
    `full=/dev/shm/jidoka-escape-$$; trap 'rm -f "$full"' EXIT
    [ -d /dev/shm ] || impossible 'there is no /dev/shm'
    head -c ${2 * limits.memoryBytes} /dev/zero >"$full" && [ "$(wc -c <"$full")" = ${2 * limits.memoryBytes} ] && escaped`,
    { limits },
  ),
  bySh(
    'limits',
    'yes',
    'starts more processes than it may',
    `i=0; all=; while [ $i -lt ${2 * limits.processes} ]; do sleep 30 & all="$all $!"; i=$((i+1)); done
    alive=0; for one in $all; do kill -0 "$one" 2>/dev/null && alive=$((alive+1)); done; kill $all
    [ $alive -gt ${limits.processes} ] && escaped "$alive processes"`,
    { limits },
  ),
  bySh(
    'limits',
    'yes',
    'goes on forking',
    // Each of them two more, six times: a bomb that ends by itself.
    `bomb() { [ "$1" -eq 0 ] || { bomb $(($1 - 1)) & bomb $(($1 - 1)) & }; echo x >>bombed; sleep 3; }
    : >bombed; bomb 7; [ "$(wc -l <bombed)" -gt ${limits.processes} ] && escaped "$(wc -l <bombed) processes"`,
    { limits },
  ),
  bySh(
    'limits',
    'yes',
    'fills the disk',
    // What looks at the disk now and then must have had its time; whoever is ended meanwhile does not say it.
    `i=0; while [ $i -lt 8 ]; do head -c ${limits.diskBytes / 4} /dev/zero >"full-$i" || exit 1; i=$((i+1)); done
    sleep 10; [ -e full-7 ] && escaped "${(2 * limits.diskBytes) / mebibyte} MiB"`,
    { limits },
  ),
  bySh(
    'limits',
    'yes',
    'fills the disk beside its tree',
    `i=0; while [ $i -lt 8 ]; do head -c ${limits.diskBytes / 4} /dev/zero >"$HOME/full-$i" || exit 1; i=$((i+1)); done
    sleep 10; [ -e "$HOME/full-7" ] && escaped "${(2 * limits.diskBytes) / mebibyte} MiB"`,
    { limits },
  ),
];
