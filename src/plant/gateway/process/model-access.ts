import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ModelCount, RefusedCalls } from '../../../core/evidence/model-count.ts';
import type { ModelUpstream } from '../../../core/ports/egress.ts';
import type { CallLedger, Spend } from '../../../core/ports/gateway/call-ledger.ts';
import type { Admission, Admitted, ModelAccess } from '../../../core/ports/gateway/model-access.ts';
import type { KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { digestOf, keyIdOf } from '../keys/key-token.ts';
import type { OwnGateway } from './own-gateway.ts';

export interface GatewayAccessOptions {
  readonly gateway: OwnGateway;
  /** Those of the database, once it is open. */
  readonly keys: () => Pick<VirtualKeys, 'mint' | 'endRun'>;
  readonly calls: () => CallLedger;
  /** By which name a station of a role asks; null where nobody said. */
  readonly slotOf: (role: string | null) => string | null;
  /** What the key of a station may do, whose role leads to a name, or to none. */
  readonly scopeOf: (station: string, asks: string | null) => Pick<KeyGrant, 'slots' | 'caps' | 'limits'>;
  /** Milliseconds since 1970, by the clock of the database: keys expire by it. */
  readonly now: () => Promise<number>;
}

/** A factory whose gateway has just begun to refuse a key takes so long to hear of it. */
const slackMs = 60_000;

/**
 * The way of jobs to the factory's own gateway. A key is made with the first request of a workspace: a station that asks no model has none.
 * Of a workspace only this process knows the key: one that takes the job over admits it anew, and the former key ends with its run or its
 * time.
 *
 * @example
 * const access = gatewayAccess({ gateway, keys: () => store.keys, calls: () => store.calls, slotOf, scopeOf, now: () => store.now() });
 * const { end } = await access.admit({ workspace: 'run-change-1', caller, asks: 'coder', lifeMs: 600_000 });
 */
export function gatewayAccess({ gateway, keys, calls, slotOf, scopeOf, now }: GatewayAccessOptions): ModelAccess & ModelUpstream {
  const admitted = new Map<string, LateKey>();
  const mint = async ({ caller, asks, chosen, lifeMs }: Admission, passedMs: number): Promise<string> => {
    const expiresAt = (await now()) + lifeMs - passedMs + slackMs;
    return await keys().mint({ caller, ...scopeOf(caller.station, asks), otherwise: asks, ...(chosen && { chosen }), expiresAt });
  };
  return {
    slotOf,
    admit: async (admission): Promise<Admitted> => {
      const { workspace } = admission;
      const key = lateKey((passedMs) => mint(admission, passedMs));
      admitted.set(workspace, key);
      return {
        refused: async () => {
          const token = await key.made();
          if (token === null && !admission.goesOn) return null;
          return await settled(() => refusedOf(calls(), admission, token));
        },
        end: async () => {
          if (admitted.get(workspace) === key) admitted.delete(workspace);
          await key.made();
        },
      };
    },
    count: async (run) => await settled(async () => (await calls().spend(['stage', 'station', 'model'], { run })).map(countOf)),
    endRun: async (run, tx) => void (await keys().endRun(run, tx)),
    target: async ({ job, path }) => {
      const key = admitted.get(job);
      if (key === undefined) return { kind: 'none', why: 'no station works in this workspace now' };
      const [token, base] = await Promise.all([key.token(), gateway.url()]);
      return { kind: 'at', base, path, proof: { authorization: `Bearer ${token}` } };
    },
  };
}

/** A key that is made for the first who asks for it. */
interface LateKey {
  /** The same for all who ask; where it could not be made, the next one tries again. */
  token(): Promise<string>;
  /** Resolves once none is being made, to null where there is none: what ends the keys of a run later ends this one too. */
  made(): Promise<string | null>;
}

function lateKey(mint: (passedMs: number) => Promise<string>): LateKey {
  const begun = performance.now();
  let making: Promise<string> | null = null;
  return {
    token: async () => {
      const asked = (making ??= mint(Math.floor(performance.now() - begun)));
      try {
        return await asked;
      } catch (error) {
        if (making === asked) making = null;
        throw error;
      }
    },
    made: async () => (await making?.catch(() => null)) ?? null,
  };
}

/** A gateway writes down what it answered a moment after: what is read twice alike, so long apart, is all of it. */
const settleMs = 150;
const mostReads = 20;

async function settled<Read>(read: () => Promise<Read>): Promise<Read> {
  let before = await read();
  for (let times = 1; times < mostReads; times += 1) {
    await pause(settleMs);
    const now = await read();
    if (isDeepStrictEqual(now, before)) return now;
    before = now;
  }
  return before;
}

/** What a gateway answers where a budget has no room, and nothing else. */
const noRoom = 402;
/** Who is refused more often has heard it. */
const mostRefused = 1000;

async function refusedOf(ledger: CallLedger, { caller, goesOn }: Admission, token: string | null): Promise<RefusedCalls | null> {
  const { run, stage, station } = caller;
  const its = { run, station, ...(stage === null ? {} : { stage }) };
  const found = await ledger.calls({ ...its, status: noRoom, limit: mostRefused });
  // Which keys a process had that died nobody knows.
  const refused = goesOn || token === null ? found : found.filter(({ key }) => key === keyIdOf(digestOf(token)));
  const last = refused.at(-1);
  if (last === undefined) return null;
  const after = await ledger.calls({ ...its, since: new Date(last.at + 1).toISOString(), status: 200, limit: 1 });
  return { calls: refused.length, sentence: await sentenceOf(ledger, last.id), answeredAfter: after.length > 0 };
}

/** It is told in the words of some protocol, but always as a text of JSON; what follows it is for the station alone. */
async function sentenceOf(ledger: CallLedger, id: string): Promise<string> {
  const said = await ledger.said(id).catch(() => null); // what was said may be purged
  const [text] = /"The budget of (?:[^"\\]|\\.)*"/.exec(said?.answer ?? '') ?? [];
  return text === undefined ? '' : String(JSON.parse(text)).replace(/ Hand back .*/s, '');
}

function countOf({ of, calls, usage, cost, saved, estimatedCalls }: Spend): ModelCount {
  const { microUsd, unpricedCalls, asOf } = cost;
  const who = { stage: of.stage ?? null, station: of.station ?? '', model: of.model ?? '' };
  return { ...who, calls, usage, microUsd, unpricedCalls, asOf, savedMicroUsd: saved, estimatedCalls };
}

/** A factory without a gateway of its own: nobody has a key, and nothing is counted. */
export const noGateway: ModelAccess = {
  slotOf: () => null,
  admit: async () => ({ refused: async () => null, end: async () => undefined }),
  count: async () => null,
  endRun: async () => undefined,
};
