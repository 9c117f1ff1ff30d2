import { JidokaError } from '../../../../core/base/error.ts';
import type { CutOff } from '../../../../core/gateway/cutoff/cut-off.ts';
import type { Setting } from '../../../../core/gateway/config/setting.ts';
import { isShown, isUnanswered, shownOf, watchLines, witness, type Witnessed } from '../../../../core/gateway/cutoff/witness.ts';
import type { Factory, OwingRun } from '../../../../core/ports/factory.ts';
import type { ModelStore } from '../../../../core/ports/gateway/gateway-door.ts';
import type { Call } from '../../command.ts';
import { withFactoryUntilStopped } from '../../with-factory.ts';
import { withStore } from '../gateway/settings.ts';
import { forMsOf } from '../gateway/swap.ts';

/** What a cut-off of running gateways showed. */
export interface LiveShow {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly (Witnessed & {
    readonly shown: ReturnType<typeof shownOf>;
    /** Calls of the line meanwhile, by who answered. */
    readonly calls: readonly { readonly provider: string; readonly calls: number }[];
  })[];
}

/**
 * Takes something away from the gateways that run, until the lines that must survive it have shown that they finish, the time is over, or
 * a signal comes; then gives it back. Where this process dies it is given back some seconds later. Throws `usage` where no line must survive.
 */
export async function cutLive(call: Call, found: CutOff): Promise<LiveShow> {
  const lines = found.lines.filter(({ mustSurvive }) => mustSurvive).map(({ line }) => line);
  if (lines.length === 0)
    throw refused(
      `No line must survive the loss of a ${found.cut.kind}: nothing would be shown.`,
      `Write mustSurvive: [${found.cut.kind}] for a line.`,
    );
  const forMs = forMsOf(call) ?? presetMs;
  return await withStore(call, (store) =>
    withFactoryUntilStopped(call, (factory) => whileCut({ call, found, lines, forMs, store, factory })),
  );
}

interface Injection {
  readonly call: Call;
  readonly found: CutOff;
  readonly lines: readonly string[];
  readonly forMs: number;
  readonly store: ModelStore;
  readonly factory: Factory;
}

async function whileCut({ call, found, lines, forMs, store, factory }: Injection): Promise<LiveShow> {
  const { world } = call;
  if ((await store.settings.known()).length === 0)
    throw refused(
      `No gateway runs on the factory in ${call.settings.home}.`,
      'Start one with `jidoka gateway serve --home DIR`, or work on a run with the gateway of the factory.',
    );
  const what = { kind: 'cut', cut: found.cut } as const;
  const { stopOrders } = await import('../../../daemon/index.ts');
  const orders = stopOrders(world);
  const stop = new AbortController();
  void orders.first.then(() => stop.abort());
  const [cursor, open, began] = [await factory.feed.end(), await factory.routing.openRuns(), await store.now()];
  const [from, until] = [isoOf(began), isoOf(began + forMs)];
  await store.settings.set({ what, until: isoOf(Math.min(began + leaseMs, began + forMs)), by: world.actor });
  const isOver = overOrProlonged(store, { what, began, forMs });
  world.stderr.write(
    `Cut off: ${found.cut.kind} ${found.cut.name}, until ${until} or until ${lines.join(', ')} finished. Ctrl-C gives it back.\n`,
  );
  try {
    const seen = await watched({
      factory,
      cursor,
      open,
      lines,
      isOver: async () => stop.signal.aborted || (await isOver()),
      signal: stop.signal,
    });
    const calls = await store.calls.spend(['line', 'provider'], { since: from });
    const answered = (line: string) =>
      calls.flatMap(({ of, calls: count }) => (of.line === line ? [{ provider: of.provider ?? 'nobody', calls: count }] : []));
    const to = isoOf(await store.now());
    const unanswered = await unansweredOf(seen, from, store);
    return { from, to, lines: seen.map((one) => ({ ...one, shown: shownOf(one, unanswered), calls: answered(one.line) })) };
  } finally {
    orders.forget();
    await store.settings.lift(what, world.actor);
  }
}

/** Runs that ended meanwhile and had a stage which nobody answered in the end. */
async function unansweredOf(seen: readonly Witnessed[], since: string, { calls }: Pick<ModelStore, 'calls'>): Promise<readonly string[]> {
  const runs = seen.flatMap(({ ended }) => ended.map(({ run }) => run));
  const found = await Promise.all(
    runs.map(async (run) => (isUnanswered(await calls.calls({ run, since, limit: mostCalls })) ? [run] : [])),
  );
  return found.flat();
}

/** Of one run meanwhile. */
const mostCalls = 100_000;

/** How long it is taken away at most where nobody says. */
const presetMs = 10 * 60_000;
/** Gateways take it back so long after the process died that had it taken away. */
const leaseMs = 15_000;
const prolongMs = 5_000;

/** Whether the time is over, or somebody lifted it; holds on to it until then. */
function overOrProlonged(
  { settings, now }: Pick<ModelStore, 'settings' | 'now'>,
  { what, began, forMs }: { readonly what: Setting; readonly began: number; readonly forMs: number },
): () => Promise<boolean> {
  let heldAt = began;
  return async () => {
    const at = await now();
    if (at >= began + forMs) return true;
    if (at < heldAt + prolongMs) return false;
    heldAt = at;
    return !(await settings.prolong(what, isoOf(Math.min(at + leaseMs, began + forMs))));
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

interface Watching {
  readonly factory: Factory;
  readonly cursor: string;
  readonly open: readonly OwingRun[];
  readonly lines: readonly string[];
  readonly isOver: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** How long it waits at most before it looks at the clock again. */
const lookMs = 1_000;

async function watched({ factory, cursor, open, lines, isOver, signal }: Watching): Promise<readonly Witnessed[]> {
  let [seen, at] = [watchLines(lines, open), cursor];
  while (!isShown(seen) && !(await isOver())) {
    const page = await factory.feed.after(at, { limit: 500 });
    seen = page.events.reduce((state, { event }) => witness(state, event), seen);
    at = page.cursor;
    if (page.events.length === 0) await factory.feed.wait(lookMs, signal);
  }
  return seen;
}

function refused(message: string, mend: string): JidokaError {
  return new JidokaError('usage', message, { mend });
}
