import { beforeAll, describe, expect, it } from 'vitest';
import { kinds } from './kinds.ts';
import { prove, type Proof } from './proof.ts';

let proof: Proof;
beforeAll(async () => {
  const only = process.env['ONLY'] ?? null;
  proof = await prove({ seed: '1', lanes: 1, boundaries: Number(process.env['B'] ?? 4), instants: 4, crowds: 1, stops: 1, only, say: (line) => void process.stderr.write(`${line}\n`) });
}, 600_000);

describe('a run that is killed', () => {
  it.each(kinds)('comes to the same end: %s', (kind) => {
    const tried = proof.tried.filter((each) => each.kind === kind);
    console.log(JSON.stringify(tried.map(({met, ...rest}) => ({...rest, met: met.length}))));
    expect(tried.flatMap(({ faults }) => faults)).toEqual([]);
  });
  it('leaves nothing', () => expect(proof.faults).toEqual([]));
});
