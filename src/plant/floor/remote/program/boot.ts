import type { Wire } from '../wire/wire.ts';
import { bootMark, bootProgram } from './boot-program.ts';
import { runnerEntry } from './pack.ts';
import type { Pack } from './pack.ts';

/** Why a runner did not come up, as far as its machine could still say; `silent` where it said nothing that is ours. */
export class NotBooted extends Error {
  readonly kind: 'old-node' | 'failed' | 'silent';

  constructor(kind: NotBooted['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What a machine may say before its runner does, in bytes: greetings of its shells. */
const mostPreludeBytes = 256 * 1024;

/**
 * Arguments for node on the other machine: the program that becomes the runner of this pack. None of them holds a sign
 * that a shell takes for its own, where single quotes stand around each.
 *
 * @example
 * const argv = ['docker', 'exec', '-i', container, 'node', ...bootArguments(await packRunner())];
 */
export function bootArguments({ digest }: Pick<Pack, 'digest'>): readonly ['-e', string, string] {
  return ['-e', bootProgram(runnerEntry), digest];
}

/** Sees the runner up at the other end of a wire to the boot program, and returns the wire to it. Throws `NotBooted`. */
export async function bootOver(wire: Wire, { text }: Pack): Promise<Wire> {
  const output = wire.output[Symbol.asyncIterator]();
  const lines = linesOf(output);
  let said = await lines.next();
  if (said === 'wanted') {
    const bytes = Buffer.from(text);
    await wire.write(Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes]));
    said = await lines.next();
  }
  if (said.startsWith('old-node ')) throw new NotBooted('old-node', said.slice('old-node '.length));
  if (said !== 'ready') throw new NotBooted('failed', said);
  return { ...wire, output: rest(lines.left(), output) };
}

interface Lines {
  /** The next line that is the boot program's; what shells say between is passed over. */
  next(): Promise<string>;
  left(): Buffer;
}

function linesOf(output: AsyncIterator<Uint8Array>): Lines {
  const ours = new RegExp(`^${bootMark}(.*)\n`, 'm');
  let heard: Buffer = Buffer.alloc(0);
  return {
    left: () => heard,
    async next() {
      for (;;) {
        // A character for each byte, so that what follows is cut at the right one.
        const found = ours.exec(heard.toString('latin1'));
        if (found !== null) {
          heard = heard.subarray(found.index + found[0].length);
          return found[1] ?? '';
        }
        const more = await output.next();
        if (more.done === true || heard.length > mostPreludeBytes) throw new NotBooted('silent', heard.toString('utf8').trim().slice(-400));
        heard = Buffer.concat([heard, more.value]);
      }
    },
  };
}

async function* rest(first: Buffer, output: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await output.next(); next.done !== true; next = await output.next()) yield next.value;
}
