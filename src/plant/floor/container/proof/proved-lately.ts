import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bootOfMachine } from '../../spawn/life.ts';
import { parseAs } from '../parse-as.ts';
import type { ContainerProof } from './canaries.ts';

const Proof = z.object({
  key: z.string(),
  atMs: z.number(),
  tools: z.object({ node: z.string(), npm: z.string(), git: z.string() }),
  claims: z.array(z.object({ claim: z.string(), state: z.enum(['proved', 'refuted', 'unsupported']), proof: z.string() })),
});

export interface ProofSearch {
  /** Private folder of the floor, which remembers the last proof. */
  readonly root: string;
  /** All that a proof rests on: engine, machine, image. Of anything else there is another proof. */
  readonly about: unknown;
}

/** How long canaries are believed, in milliseconds: many short runs need not each send their own. */
const believedMs = 60 * 60 * 1000;

/** The last proof of the same thing in the same boot of this machine, where it is not old; else a new one. Each claim says when it was seen. */
export async function provedLately({ root, about }: ProofSearch, prove: () => Promise<ContainerProof>): Promise<ContainerProof> {
  const key = createHash('sha256')
    .update(JSON.stringify([about, await bootOfMachine()]))
    .digest('hex');
  const file = join(root, 'proof.json');
  const last = parseAs(Proof, await readFile(file, 'utf8').catch(() => ''));
  if (last?.key === key && isFresh(last.atMs) && last.claims.every(({ state }) => state === 'proved')) return last;
  const atMs = Date.now();
  const { tools, claims } = await prove();
  const dated = { tools, claims: claims.map((claim) => ({ ...claim, proof: `${claim.proof} (${new Date(atMs).toISOString()})` })) };
  await writeFile(`${file}.${process.pid}`, JSON.stringify({ key, atMs, ...dated }), { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
  return dated;
}

function isFresh(atMs: number): boolean {
  const ageMs = Date.now() - atMs;
  return ageMs >= 0 && ageMs < believedMs;
}
