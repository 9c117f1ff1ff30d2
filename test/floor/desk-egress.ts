import type { Egress } from '../../src/core/ports/egress.ts';
import type { ToolDesk } from '../../src/core/ports/stations/report-desk.ts';
import { openEgress } from '../../src/plant/egress/index.ts';

/** The factory's egress, with nothing behind it but a report desk. */
export function deskEgress(desk: ToolDesk): Egress {
  const none = { registries: () => Promise.resolve([]), get: () => Promise.reject(new Error('No package is asked for here.')) };
  return openEgress({ upstreams: none, desk });
}
