import { JidokaError, isJidokaError } from '../../../../core/base/error.ts';
import { nameOf } from './engine.ts';
import type { Engine } from './engine.ts';

/** What an engine, or the way to it, says when something went wrong. */
interface EngineAnswer {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
}

/** How long an engine may take for what it does at once, in milliseconds; it may have thousands of containers. */
const promptMs = 60_000;

/** What is known of an engine that is to be named in a fault. */
type Named = Pick<Engine, 'kind' | 'version' | 'where'>;

/** Asks the engine; what it says against it, or that it says nothing in time, is thrown as a fault. */
export async function asked<T>(engine: Named, doing: string, ask: () => Promise<T>, withinMs: number = promptMs): Promise<T> {
  const { late, clear } = deadline(withinMs);
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    throw engineFault(engine, error, doing);
  } finally {
    clear();
  }
}

/** Rejects when the time is over. */
export function deadline(withinMs: number): { readonly late: Promise<never>; readonly clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (withinMs === Infinity) return;
    timer = setTimeout(() => reject(new Error(`no word for ${withinMs / 1000} seconds`)), withinMs);
  });
  late.catch(() => undefined);
  return { late, clear: () => clearTimeout(timer) };
}

/** Asks the engine for something that may not be there: then null. */
export async function askedFor<T>(engine: Named, doing: string, ask: () => Promise<T>): Promise<T | null> {
  return asked(engine, doing, () =>
    ask().catch((error: EngineAnswer) => {
      if (error.statusCode === 404) return null;
      throw error;
    }),
  );
}

/** The number of the answer, as HTTP has them; null for what is no answer of an engine. */
export function statusOf(error: unknown): number | null {
  return (error as Partial<EngineAnswer> | null)?.statusCode ?? null;
}

/** Turns what an engine says into a fault of the floor: `floor-unreachable`, `disk-full` or `workspace-failed`. */
export function engineFault(engine: Named, error: unknown, doing: string): JidokaError {
  if (isJidokaError(error)) return error;
  const said = saidBy(error);
  if (statusOf(error) === null) {
    return new JidokaError('floor-unreachable', `The engine ${nameOf(engine)} at ${engine.where} did not answer while ${doing}: ${said}`, {
      mend: 'See that it runs and answers (`docker info`, `podman info`), and run this again; what stands on it is found again.',
      cause: error,
    });
  }
  if (/no space left on device|disk quota exceeded/i.test(said)) {
    return new JidokaError('disk-full', `The disk of ${nameOf(engine)} is full while ${doing}: ${said}`, {
      mend: 'Free some space there (`docker system df` tells what takes it) and run this again; what was done before is kept.',
      cause: error,
    });
  }
  return new JidokaError('workspace-failed', `${nameOf(engine)} refused ${doing}: ${said}`, {
    mend: 'Run it again; where it is refused again, the words of the engine say what it lacks.',
    cause: error,
  });
}

/** The engine's own words, without what the client puts around them. */
function saidBy(error: unknown): string {
  const json = (error as { readonly json?: { readonly message?: unknown; readonly cause?: unknown } } | null)?.json;
  if (typeof json?.message === 'string') return json.message.trim();
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^\(HTTP code \d+\) [a-z ]* - /, '').trim() || String((error as NodeJS.ErrnoException).code);
}
