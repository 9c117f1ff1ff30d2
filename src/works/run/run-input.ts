import { z } from 'zod';
import { Line } from '../../core/line/line.ts';
import { Delivery } from '../../core/packet/packet.ts';
import { Seed } from '../../core/packet/seed.ts';

/** What a run is started with: everything it needs to go on after a crash, with no file of the user's. */
export const RunInput = z.strictObject({
  run: z.string(),
  seed: Seed,
  line: Line,
  lineDigest: z.string(),
  attempt: z.number(),
  delivery: Delivery,
  /** Blob with OSV advisories the change is held against, or null. */
  advisories: z.string().nullable(),
  /** The stage of another run that waits for this one, or null. */
  parent: z.strictObject({ run: z.string(), stage: z.string(), attempt: z.number() }).nullable(),
  priority: z.number(),
  /** Models that a person chose for its changes, in the order in which they are tried; absent where the factory chooses. */
  plan: z.strictObject({ by: z.string(), models: z.array(z.string()).min(1) }).optional(),
});
export type RunInput = z.infer<typeof RunInput>;
