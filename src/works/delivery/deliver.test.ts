import { describe, expect, it } from 'vitest';
import { memoryBlobs } from '../../../kit/blobs/index.ts';
import { Death, Mortal } from '../../../kit/effects/index.ts';
import { sampleBodies, sha256 } from '../../../kit/evidence/index.ts';
import { memoryLedger } from '../../../kit/ledger/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { canonicalJson } from '../../core/base/json.ts';
import { verifyChain } from '../../core/evidence/chain.ts';
import type { Delivery } from '../../core/evidence/delivery.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { derive, sealOf } from '../../core/evidence/seal.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { Attachment, Publication, Published } from '../../core/ports/forge.ts';
import { deliver, evidenceFiles, type DeliveryNeeds } from './index.ts';

const run = parseRunId('deps-ms-2.1.3-00000000');

/** A target that keeps every write it ever took; it never looks first, so that writing twice is seen. */
class Target {
  readonly writes: Published[] = [];
  readonly refuses: readonly string[];
  isAway = false;

  constructor(refuses: readonly string[] = []) {
    this.refuses = refuses;
  }

  write(ref: string, result: Publication | Attachment): Published {
    const commit = commitOf(result);
    if (this.refuses.includes(ref))
      return { location: '/mirror', ref, commit, held: `/repos/shop did not take it: hook declined. ${ref} is kept in /mirror.` };
    const written = { location: '/repos/shop', ref, commit, held: null };
    this.writes.push(written);
    return written;
  }

  locate(result: Publication | Attachment): Published | null {
    if (this.isAway) throw new JidokaError('git-failed', 'git ls-remote ended with 128.', { mend: 'See that it can be read.' });
    return this.writes.find(({ commit }) => commit === commitOf(result)) ?? null;
  }
}

function commitOf(result: Publication | Attachment): string {
  const files = 'files' in result ? [...result.files].map(([path, bytes]) => [path, sha256(bytes)]) : [];
  return sha256(canonicalJson({ ...result, files }));
}

/** A run that is decided and sealed. */
async function sealedRun(target = new Target()) {
  const [ledger, blobs] = [memoryLedger(), memoryBlobs()];
  const append = (keyed: Parameters<DeliveryNeeds['append']>[0]) =>
    ledger.append(
      run,
      keyed.map(([key, body]) => ({ key, body, at: '2026-01-01T00:00:00.000Z', actor: 'factory' })),
    );
  const patch = await blobs.put('diff --git a/package.json b/package.json\n', { label: 'patch', mediaType: 'text/x-patch' });
  const bodies = sampleBodies.map((body): EventBody => (body.type === 'change.harvested' ? { ...body, patch } : body));
  const told = await append(bodies.map((body, index) => [`k${index}`, body] as const));
  await append([['seal', { type: 'evidence.sealed', ...sealOf(derive(run, told), sha256) }]]);

  const live = async (life = new Mortal()): Promise<Delivery> =>
    deliver(run, await ledger.read(run), {
      blobs,
      evidence: { write: async () => '/evidence' },
      append: (keyed) => life.across(() => append(keyed)),
      forge: {
        publish: (_, result) => life.across(async () => target.write(`refs/heads/${result.branch}`, result)),
        attach: (_, result) => life.across(async () => target.write(result.ref, result)),
        locate: (_, result) => life.across(async () => target.locate(result)),
      },
    });
  return { target, ledger, blobs, live };
}

const boundaries = 16; // before and after each of the four questions that each of two effects asks

describe('a delivery', () => {
  it('writes the branch and the evidence, each as an effect of the run, and both stay out of the evidence', async () => {
    const { live, ledger, blobs } = await sealedRun();
    const delivery = await live();
    expect(delivery).toMatchObject({ branch: 'jidoka/deps/ms@2.1.3', evidenceRef: `refs/jidoka/evidence/${run}`, withheld: null });
    const events = await ledger.read(run);
    expect(events.slice(-4).map(({ key }) => key)).toEqual([
      'effect/delivery/branch/intended',
      'effect/delivery/branch/done',
      'effect/delivery/evidence-ref/intended',
      'effect/delivery/evidence-ref/done',
    ]);
    expect(verifyChain(run, events, sha256)).toMatchObject({ kind: 'intact', events: sampleBodies.length + 5 });
    const files = await evidenceFiles(run, events, blobs);
    const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
    expect(verifyEvidence(files, {}, host)).toMatchObject({ kind: 'intact', events: sampleBodies.length + 1 });
  });

  it.each(Array.from({ length: boundaries }, (_, index) => index + 1))('is made once where its process died at boundary %i', async (at) => {
    const { live, target } = await sealedRun();
    await expect(live(new Mortal(at))).rejects.toThrow(Death);
    expect(await live()).toEqual(await (await sealedRun()).live());
    expect(target.writes.map(({ ref }) => ref)).toEqual(['refs/heads/jidoka/deps/ms@2.1.3', `refs/jidoka/evidence/${run}`]);
  });

  it('has no boundary that this suite leaves out', async () => {
    await expect((await sealedRun()).live(new Mortal(boundaries + 1))).resolves.toMatchObject({ withheld: null });
  });

  it('names nothing that the target did not take, and says where it is kept', async () => {
    const branch = 'refs/heads/jidoka/deps/ms@2.1.3';
    const { live } = await sealedRun(new Target([branch]));
    expect(await live()).toMatchObject({
      target: '/repos/shop',
      branch: null,
      commit: null,
      evidenceRef: `refs/jidoka/evidence/${run}`,
      withheld: `/repos/shop did not take it: hook declined. ${branch} is kept in /mirror.`,
    });
    const both = await sealedRun(new Target([branch, `refs/jidoka/evidence/${run}`]));
    const delivery = await both.live();
    expect(delivery).toMatchObject({ branch: null, evidenceRef: null, evidenceCommit: null });
    expect(delivery.withheld).toMatch(/refs\/heads\/.* is kept in .*refs\/jidoka\/.* is kept in/);
  });

  it('to a target that cannot be asked is left to the forge, which keeps what it cannot write', async () => {
    const { live, target } = await sealedRun();
    target.isAway = true;
    await live();
    expect(target.writes).toHaveLength(2);
  });
});
