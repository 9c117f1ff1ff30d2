import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Fault } from './module.ts';

/** A fault that is known and not yet mended. The list may only shrink. */
const Exemption = z.strictObject({ rule: z.string(), path: z.string(), why: z.string().min(20) });
export type Exemption = z.infer<typeof Exemption>;

export function readExemptions(): readonly Exemption[] {
  const text = readFileSync(new URL('exemptions.json', import.meta.url), 'utf8');
  return z.array(Exemption).parse(JSON.parse(text));
}

/** What is left of the faults, and the exemptions that nothing needs any more. */
export function applyExemptions(
  faults: readonly Fault[],
  exemptions: readonly Exemption[],
): { readonly left: Fault[]; readonly idle: Exemption[] } {
  const covers = (exemption: Exemption, fault: Fault): boolean => exemption.rule === fault.rule && exemption.path === fault.path;
  return {
    left: faults.filter((fault) => !exemptions.some((exemption) => covers(exemption, fault))),
    idle: exemptions.filter((exemption) => !faults.some((fault) => covers(exemption, fault))),
  };
}
