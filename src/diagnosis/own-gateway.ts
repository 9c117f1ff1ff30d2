import { lineUse, type LineUse } from '../core/gateway/cutoff/line-use.ts';
import type { GatewayConfig } from '../core/gateway/config/gateway-config.ts';
import { keyReferences } from '../core/gateway/config/key-reference.ts';
import { modelNamed, programStations } from '../core/line/stations.ts';
import type { GatewayView, KeyView, SlotRow } from '../core/ports/gateway/gateway-door.ts';

/** A provider, and where the owner says that its keys lie. */
export interface ProviderSeen extends KeyView {
  readonly places: readonly string[];
}

/** A name that stations ask for models by, and who does. */
export interface AskedName {
  readonly name: string;
  /** What it leads to; null for nothing. */
  readonly row: SlotRow | null;
  /** Lines that come with jidoka and ask by it; none where only lines of the owner may. */
  readonly lines: readonly string[];
  /** Whether agents ask by it, and not only calls of single models. */
  readonly byAgents: boolean;
  /** Whether every run goes on without what it is asked for. */
  readonly isOptional: boolean;
}

/** The factory's own gateway, as its owner's file and what is set at present have it. */
export interface OwnGatewaySeen {
  /** Absolute path of the owner's file. */
  readonly file: string;
  readonly providers: readonly ProviderSeen[];
  readonly asked: readonly AskedName[];
  /** Lines that come with jidoka, of which an agent asks by names of its vendor, as nobody gave its role a slot. */
  readonly unsaid: readonly string[];
}

/** Looks whether it could answer the stations of the lines that come with jidoka; no provider is asked for anything. */
export async function ownGatewaySeen(
  config: GatewayConfig,
  look: (names: readonly string[]) => Promise<GatewayView>,
): Promise<OwnGatewaySeen> {
  const { productLines } = await import('../product-lines.ts'); // of interest to a doctor alone
  const uses = (await productLines([])).flatMap((line) => usesOf(lineUse(line, config)));
  const ofRoles = Object.values(config.roles ?? {}).map((name): Use => ({ name, line: null, byAgent: true, isOptional: false }));
  const named = [...uses, ...ofRoles].flatMap((use) => (use.name === null ? [] : [{ ...use, name: use.name }]));
  const names = distinct(named.map(({ name }) => name));
  const { file, keys, rows } = await look(names);
  const asked = names.map((name): AskedName => {
    const by = named.filter((use) => use.name === name);
    const lines = distinct(by.map(({ line }) => line));
    return {
      name,
      row: rows.find(({ slot }) => slot === name) ?? null,
      lines,
      byAgents: by.some(({ byAgent }) => byAgent),
      isOptional: by.every((use) => use.isOptional),
    };
  });
  const unsaid = distinct(uses.filter(({ name }) => name === null).map(({ line }) => line));
  return { file, providers: keys.map((key) => ({ ...key, places: keyReferences(config.providers[key.provider] ?? {}) })), asked, unsaid };
}

interface Use {
  /** Null for an agent whose role nobody gave a slot. */
  readonly name: string | null;
  readonly line: string | null;
  readonly byAgent: boolean;
  readonly isOptional: boolean;
}

function usesOf({ line, stages }: LineUse): readonly Use[] {
  return stages.flatMap(({ stations, isOptional }) =>
    stations.flatMap(({ station, asks }): Use[] => {
      const use = { line, byAgent: modelNamed(station) === null, isOptional };
      if (asks.kind === 'slot') return [{ ...use, name: asks.slot }];
      // What a program of the owner asks nobody can say.
      return asks.kind === 'unsaid' && !programStations.includes(station) ? [{ ...use, name: null }] : [];
    }),
  );
}

function distinct(names: readonly (string | null)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== null))];
}
