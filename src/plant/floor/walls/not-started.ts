import type { ProcessExit } from '../../../core/ports/floor.ts';
import { wallFailed } from './namespaces-script.ts';
import type { Wall } from './wall.ts';

/**
 * What a wall says that could not be built, or behind which there is no such program: the command was not started. Null
 * where the command itself ended so. A command can pretend it, and so only takes its own result away from itself.
 *
 * @example
 * notStarted('bubblewrap', { exit: { kind: 'exited', code: 1 }, stderr: "bwrap: Can't find source path /x" });
 */
export function notStarted(kind: Wall['kind'], ended: { readonly exit: ProcessExit; readonly stderr: string }): string | null {
  if (ended.exit.kind !== 'exited') return null;
  const { code } = ended.exit;
  const said = complaints[kind].filter((complaint) => complaint.code === code).map(({ line }) => line.exec(ended.stderr)?.[0]);
  return said.find((line) => line !== undefined) ?? null;
}

/** Of a command that is given a way out, the forwarder says it. */
const ofForwarder = [125, 126, 127].map((code) => ({ code, line: /^jidoka: .*(?=\n?$)/ }));

/** The last line is the wall's: what a command said before would have been said by a command that was started. */
const complaints: Readonly<Record<Wall['kind'], readonly { readonly code: number; readonly line: RegExp }[]>> = {
  bubblewrap: [{ code: wallFailed, line: /^wall: .*(?=\n?$)/ }, { code: 1, line: /^bwrap: .*(?=\n?$)/ }, ...ofForwarder],
  landlock: [
    { code: wallFailed, line: /^wall: .*(?=\n?$)/ },
    { code: 127, line: /^wall: .*(?=\n?$)/ },
  ],
  // Never run on a Mac by its makers: what sandbox-exec says is read, not seen.
  seatbelt: [
    ...[64, 65, 71].map((code) => ({ code, line: /^sandbox-exec: .*(?=\n?$)/ })),
    { code: 127, line: /^env: .*(?=\n?$)/ },
    ...ofForwarder,
  ],
  namespaces: [{ code: wallFailed, line: /^(.*\n)*wall: .*(?=\n?$)/ }, { code: 127, line: /^env: .*(?=\n?$)/ }, ...ofForwarder],
};
