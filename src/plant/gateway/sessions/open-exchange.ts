import { elementStarts } from '../body/top-level.ts';
import type { Request } from '../upstream/order-for.ts';
import { historyOf } from './session-id.ts';

/** Whether a request ends with what a tool gave: the model that called it is in the middle of a thought. */
export function isOpenExchange({ body, asked }: Pick<Request, 'body' | 'asked'>): boolean {
  const history = historyOf(asked.members);
  const last = history === undefined ? undefined : elementStarts(body, history).at(-1);
  // Within a text quotes are escaped: what these match is no word of anybody.
  return history !== undefined && last !== undefined && toolGave.test(body.toString('latin1', last, history.to));
}

const toolGave = /"type"\s*:\s*"(?:tool_result|[a-z_]*call_output)"|"role"\s*:\s*"tool"|"function_?[rR]esponse"\s*:/;
