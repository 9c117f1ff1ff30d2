import { PassThrough } from 'node:stream';
import { wireOn } from '../../src/plant/floor/remote/index.ts';
import type { Wire } from '../../src/plant/floor/remote/index.ts';

/** Two wires of one process, each with what the other is told. */
export function wirePair(): readonly [Wire, Wire] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const drop = (): void => {
    there.destroy();
    back.destroy();
  };
  return [wireOn({ input: back, output: there }, drop), wireOn({ input: there, output: back }, drop)];
}

/** A wire whose other side is said by the test, byte by byte; `said` collects what it was told. */
export function saidWire(): { readonly wire: Wire; readonly say: (bytes: string | Uint8Array) => void; readonly end: () => void } {
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.resume();
  return {
    wire: wireOn({ input, output }, () => input.destroy()),
    say: (bytes) => void input.write(bytes),
    end: () => void input.end(),
  };
}
