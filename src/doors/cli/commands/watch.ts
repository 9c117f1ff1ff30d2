import type { Factory } from '../../../core/ports/factory.ts';
import type { FedEvent } from '../../../core/ports/feed.ts';
import type { Verdict } from '../../../core/verdict/verdict.ts';
import { exitCode } from '../../../core/verdict/verdict.ts';
import { type Answer, type Call, type CommandRecord, jsonOption } from '../command.ts';
import { eventLine } from '../live/event-line.ts';
import { eventsOf } from '../live/events-of.ts';
import { RunCircle } from '../live/run-circle.ts';
import { pageOf } from '../page.ts';
import { withFactoryUntilStopped } from '../with-factory.ts';

/** `jidoka watch`: the ledger's events as they come, of one run to its end or of all. */
export const watch: CommandRecord = {
  path: ['watch'],
  summary: 'follow a run to its end, or everything, event by event',
  arguments: [{ syntax: '[run]', description: 'id of the run; without it, all runs from now on' }],
  options: [
    { flags: '--after <cursor>', description: "go on behind this event, as --json names it; 'start' begins at the first ever" },
    { ...jsonOption, description: 'print one JSON document a line, {cursor, event}' },
  ],
  examples: ['watch', 'watch deps-ms-2.1.3-1f0c9a2b', 'watch --after start --json'],
  run: async (call) => {
    const [asked] = call.arguments;
    const stop = new AbortController();
    // Whoever looks on ends that with Ctrl-C; nothing of the factory is interrupted by it.
    const forget = call.world.onSignal(() => stop.abort());
    try {
      return answerOf(await withFactoryUntilStopped(call, (factory) => lookOn(call, factory, { asked, signal: stop.signal })));
    } finally {
      forget();
    }
  },
};

interface Looking {
  readonly asked: string | undefined;
  readonly signal: AbortSignal;
}

/** The verdict of the run that was followed to its end, or null. */
async function lookOn(call: Call, factory: Factory, { asked, signal }: Looking): Promise<Verdict | null> {
  const run = asked === undefined ? null : (await factory.show(asked)).summary.run;
  const after = await placeOf(call.text('after'), { run, factory });
  const print = printer(call, run === null);
  const circle = new RunCircle();
  if (run !== null) circle.add(run);
  for await (const fed of eventsOf({ call, factory, after }, signal)) {
    for (const each of run === null ? [fed] : circle.take(fed)) print(each);
    const { body } = fed.event;
    if (call.world.stdout.isGone) return null;
    if (fed.event.run === run && body.type === 'run.ended') return body.verdict;
  }
  return null;
}

/** Where to begin: null at the first event ever. One run is told whole, and everything from now on. */
async function placeOf(
  asked: string | null,
  { run, factory }: { readonly run: string | null; readonly factory: Factory },
): Promise<string | null> {
  if (asked === 'start') return null;
  return asked ?? (run === null ? await factory.feed.end() : null);
}

function printer({ world, flag }: Call, withRun: boolean): (fed: FedEvent) => void {
  const page = pageOf(world.stdout, world.env);
  const isJson = flag('json');
  return (fed) => world.stdout.write(`${isJson ? JSON.stringify(fed) : eventLine(fed.event, page, { withRun })}\n`);
}

function answerOf(verdict: Verdict | null): Answer {
  return { exitCode: verdict === null ? 0 : exitCode(verdict, { detailed: false }), document: null, text: () => '' };
}
