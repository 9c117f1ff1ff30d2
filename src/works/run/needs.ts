import type { Sha256 } from '../../core/base/ids.ts';
import type { AdvisorySource } from '../../core/ports/advisories.ts';
import type { Blobs } from '../../core/ports/blobs.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Control } from '../../core/ports/control.ts';
import type { Lending } from '../../core/ports/egress.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { EvidenceStore } from '../../core/ports/evidence-store.ts';
import type { Progress } from '../../core/ports/factory.ts';
import type { Feed } from '../../core/ports/feed.ts';
import type { Floor } from '../../core/ports/floor.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { ModelAccess } from '../../core/ports/gateway/model-access.ts';
import type { Router } from '../../core/ports/gateway/router.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import type { Registry } from '../../core/ports/registry.ts';
import type { Stations } from '../../core/ports/station.ts';

/** The machines a run works with, given once by the factory. */
export interface RunNeeds {
  readonly engine: Engine;
  readonly control: Control;
  readonly ledger: Ledger;
  readonly feed: Feed;
  readonly blobs: Blobs;
  readonly floor: Floor;
  readonly forge: Forge;
  readonly lending: Pick<Lending, 'lend' | 'takeBack'>;
  /** The factory's own way to models. */
  readonly models: ModelAccess;
  /** Null where the factory has no gateway of its own. */
  readonly router: Router | null;
  readonly registry: Registry;
  readonly advisories: AdvisorySource;
  readonly evidence: EvidenceStore;
  readonly stations: Stations;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly pid: number;
  readonly version: string;
  readonly progress: (progress: Progress) => void;
}
