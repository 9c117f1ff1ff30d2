import { specimen } from '../../kit/repository/index.ts';
import type { SpecimenRunner } from '../../kit/repository/index.ts';
import { scriptedStation } from '../../kit/station/index.ts';
import type { Deed } from '../../kit/station/index.ts';
import type { Claim } from '../../src/core/evidence/fact.ts';
import type { Workspace } from '../../src/core/ports/floor.ts';
import type { StationJob } from '../../src/core/ports/station.ts';
import { lendRunner, openBench, withCheckout } from './bench.ts';
import type { Bench } from './bench.ts';
import { limitOf, takeBaseline, verify } from './verify.ts';
import type { Baseline, Check } from './verify.ts';

/** The gates that a deed is put to: ours; that of the tree's own command beside it only where somebody asks what it says. */
export type Gates = 'sealed' | 'both';

/** One deed under one runner, as the gates saw it. */
export interface Row {
  readonly deed: string;
  readonly statement: string;
  readonly kind: Deed['kind'];
  readonly runner: SpecimenRunner;
  /** What `npm test` of the station's own tree says by its exit code; null where nobody asked. */
  readonly naive: 'accepts' | 'refuses' | null;
  readonly naiveExit: string | null;
  readonly sealed: 'accepts' | 'refuses';
  readonly refusedBy: readonly Check[];
  readonly because: readonly string[];
}

/** Runs deeds under a runner through a real forge and a real floor; rows are in the order of the deeds. */
export async function matrixOf(runner: SpecimenRunner, deeds: readonly Deed[], gatesOf: (deed: Deed) => Gates): Promise<readonly Row[]> {
  const bench = await openBench();
  try {
    const baselines = {
      literal: await takeBaseline(bench, specimen(runner, 'literal')),
      golden: await takeBaseline(bench, specimen(runner, 'golden')),
    };
    const rows = await twoAtATime(deeds, (deed) => rowOf(bench, baselines[deed.from], { deed, gates: gatesOf(deed) }));
    return rows.sort(
      (left, right) => deeds.findIndex(({ name }) => name === left.deed) - deeds.findIndex(({ name }) => name === right.deed),
    );
  } finally {
    await bench.close();
  }
}

/** While one deed hangs, the others go on. */
async function twoAtATime<Of, To>(items: readonly Of[], work: (item: Of) => Promise<To>): Promise<To[]> {
  const waiting = [...items];
  const done: To[] = [];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) done.push(await work(item));
  };
  await Promise.all([lane(), lane()]);
  return done;
}

function rowOf(bench: Bench, baseline: Baseline, { deed, gates }: { readonly deed: Deed; readonly gates: Gates }): Promise<Row> {
  const { repository, specimen: subject } = baseline;
  return withCheckout(bench, { name: `${subject.runner}/${deed.name}/station`, repository }, async (tree) => {
    await lendRunner(tree, subject);
    const claim = await perform(deed, baseline, tree);
    const change = await bench.forge.harvest(repository, tree);
    const naive = gates === 'both' ? await naiveGate(tree, limitOf(baseline)) : { naive: null, naiveExit: null };
    const judged = await verify(bench, baseline, { change, claim, tree, name: deed.name });
    const sealed = judged.refusedBy.length === 0 ? 'accepts' : 'refuses';
    return { deed: deed.name, statement: deed.statement, kind: deed.kind, runner: subject.runner, ...naive, sealed, ...judged };
  });
}

function perform(deed: Deed, { specimen: subject }: Baseline, workspace: Workspace): Promise<Claim> {
  // A scripted station needs no packet: it knows what it will do.
  const job = { workspace, signal: new AbortController().signal, note: () => {} } as Partial<StationJob> as StationJob;
  return scriptedStation(deed, subject).perform(job);
}

/** The gate that most have: the tree's own test command, believed by its exit code. */
async function naiveGate(tree: Workspace, timeoutMs: number): Promise<Pick<Row, 'naive' | 'naiveExit'>> {
  const { exit } = await tree.spawn({ argv: ['npm', 'test'], cwd: '', timeoutMs, network: 'none' });
  const passes = exit.kind === 'exited' && exit.code === 0;
  return { naive: passes ? 'accepts' : 'refuses', naiveExit: exit.kind === 'exited' ? `exit ${exit.code}` : exit.kind };
}
