import type { ServerResponse } from 'node:http';

/** Ends what takes too long, and what nobody waits for any more. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly renew: () => void;
  end(): void;
}

/** Patience for one response: `ms` until its first sign of life, and from each to the next. */
export function patienceFor(response: ServerResponse, ms: number): Patience {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  const gone = (): void => {
    if (!response.writableFinished) controller.abort();
  };
  response.once('close', gone);
  return {
    signal: controller.signal,
    renew: () => void timer.refresh(),
    end() {
      clearTimeout(timer);
      response.off('close', gone);
    },
  };
}
