import { canonicalJson, toJson } from '../../core/base/json.ts';
import { checkPlan } from '../../core/gateway/routing/check-plan.ts';
import { requestQueue, type NewStep } from '../../core/ports/engine.ts';
import type { RunRequest, Submitted } from '../../core/ports/factory.ts';
import type { Tx } from '../../core/ports/tx.ts';
import type { RunNeeds } from '../run/index.ts';

export interface RequestOrder {
  /** Makes the same request the same work, however often it is left; null makes each one its own. */
  readonly key: string | null;
  /** ISO time before which it is not taken up, or null. */
  readonly notBefore: string | null;
}

/** Leaves a request for a worker, in a transaction of the caller's. Throws `usage` for a plan of models that this process knows not to be there. */
export async function submitRequest(request: RunRequest, order: RequestOrder, needs: RunNeeds, tx: Tx): Promise<Submitted> {
  const { engine, sha256, clock, router } = needs;
  if (request.plan !== undefined && router !== null) checkPlan(request.plan, router.models);
  const named = order.key ?? `${clock.now()} ${engine.executor} ${clock.monotonicMs()}`;
  const id = `request-${request.line}-${sha256(canonicalJson({ named, request: toJson(request) })).slice(0, 12)}`;
  const state = await engine.submit({ id, kind: 'request', line: request.line, repository: '', parent: null, input: toJson(request) }, tx);
  if (state === 'new') await engine.plan(id, [requestStep('intake', request, order.notBefore)], tx);
  return { request: id, state };
}

/** A step of a request: taking it up, or going on with it. */
export function requestStep(id: string, { line, priority }: RunRequest, notBefore: string | null): NewStep {
  return {
    id,
    queue: requestQueue,
    slots: [],
    rates: [],
    scopes: ['factory', `line:${line}`, `queue:${requestQueue}`],
    starts: false,
    labels: [],
    priority: priority ?? 100,
    notBefore,
  };
}
