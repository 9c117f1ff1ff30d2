import type { Digest, Sha256 } from '../../core/base/ids.ts';
import { canonicalJson } from '../../core/base/json.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { standing } from '../../core/evidence/standing.ts';
import { ancestors } from '../../core/line/graph.ts';
import type { Line } from '../../core/line/line.ts';

/**
 * Names the evidence that an answer at a gate is about: the packet, and all that the stages before the gate came to
 * and that still counts. Other branches that go on meanwhile do not change it.
 */
export function gateDigest(line: Line, stage: string, events: readonly LedgerEvent[], sha256: Sha256): Digest {
  const before = ancestors(line, stage);
  const shown = standing(events).filter(({ body }) => {
    if (body.type === 'packet.sealed') return true;
    return (body.type === 'fact.found' || body.type === 'change.harvested' || body.type === 'stage.completed') && before.has(body.stage);
  });
  return sha256(canonicalJson(shown.map(({ hash }) => hash)));
}
