import { flushPkt, pktLine } from './pkt-line.ts';
import type { PushCommand } from './push-commands.ts';

interface Refused {
  readonly commands: readonly PushCommand[];
  readonly capabilities: readonly string[];
  /** For people, without a full stop. */
  readonly why: string;
}

/** What git's own server says of a push that it takes nothing of, so that the client shows why. Null where it asked for no report. */
export function refusalReport({ commands, capabilities, why }: Refused): Buffer | null {
  if (!capabilities.some((one) => /^report-status(-v2)?$/.test(one))) return null;
  const lines = [pktLine('unpack ok\n'), ...commands.map(({ ref }) => pktLine(`ng ${ref} ${why}\n`)), Buffer.from(flushPkt)];
  const report = Buffer.concat(lines);
  if (!capabilities.includes('side-band-64k')) return report;
  const words = Buffer.from(`\u0002jidoka's egress refused this: ${why}.\n`);
  return Buffer.concat([pktLine(words), ...banded(report), Buffer.from(flushPkt)]);
}

/** A report in the band in which the client reads it. */
function banded(report: Buffer): readonly Buffer[] {
  const most = 65_000;
  const pieces = Array.from({ length: Math.ceil(report.length / most) }, (_none, at) => report.subarray(at * most, (at + 1) * most));
  return pieces.map((piece) => pktLine(Buffer.concat([Buffer.from([1]), piece])));
}
