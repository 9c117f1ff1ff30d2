import type { Capability } from '../config/model.ts';

/** A model as routing sees it. */
export interface Routable {
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly window: number;
  /** Where it can be asked now: vendor and region of each upstream that is well. */
  readonly places: readonly { readonly vendor: string; readonly region: string }[];
  /** US dollars of one attempt, or null where nobody knows. */
  readonly usd: number | null;
}

/** What a job needs and what its owner allows. */
export interface Needs {
  readonly capabilities: readonly Capability[];
  /** Tokens of the longest prompt that is expected. */
  readonly prompt: number;
  /** Regions that its data may go to, or null for all. */
  readonly regions: readonly string[] | null;
  /** Vendors that it may not go to: a judge is of another house than whoever it judges. */
  readonly notVendors: readonly string[];
  /** US dollars that are left for it, or null for no limit. */
  readonly usdLeft: number | null;
}

/** Why a model may not do a job; null where it may. Hard, and before anything is weighed. */
export function excludedBecause({ capabilities, window, places, usd }: Routable, needs: Needs): string | null {
  const lacking = needs.capabilities.filter((capability) => !capabilities.includes(capability));
  if (lacking.length > 0) return `It lacks ${lacking.join(', ')}.`;
  if (needs.prompt >= window) return `Its window of ${window} tokens is too small for ${needs.prompt}.`;
  if (places.length === 0) return 'It can be asked nowhere now.';
  const inRegion = places.filter(({ region }) => needs.regions?.includes(region) ?? true);
  if (inRegion.length === 0) return `It is not in ${needs.regions?.join(', ') ?? ''}.`;
  if (inRegion.every(({ vendor }) => needs.notVendors.includes(vendor))) return 'It is of a vendor that must not do this.';
  if (usd === null) return 'Nobody knows what it costs.';
  return needs.usdLeft !== null && usd > needs.usdLeft
    ? `One attempt comes to about $${usd.toFixed(2)}, and $${needs.usdLeft.toFixed(2)} is left.`
    : null;
}
