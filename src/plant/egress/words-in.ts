import { STATUS_CODES } from 'node:http';
import { assertNever } from '../../core/base/assert-never.ts';
import type { EgressRoute } from '../../core/ports/egress.ts';

/** Words as the clients of a capability show them to whoever uses them. */
export function wordsIn(route: EgressRoute, status: number, error: string): { readonly type: string; readonly body: string } {
  switch (route) {
    case 'npm':
      return { type: 'application/json', body: JSON.stringify({ error }) };
    case 'model':
      return { type: 'application/json', body: JSON.stringify(modelError(status, error)) };
    case 'git':
      // Git shows the lines of a failed answer only if they are plain text.
      return { type: 'text/plain; charset=utf-8', body: `${error}\n` };
    case 'report':
      // A fault of JSON-RPC that answers no message of its own.
      return { type: 'application/json', body: JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message: error } }) };
    default:
      return assertNever(route);
  }
}

/** One body in which each of the three protocols finds its message: error.type, error.code and error.status are of one each. */
function modelError(status: number, message: string): object {
  const type = { 401: 'authentication_error', 403: 'permission_error', 413: 'request_too_large' }[status] ?? 'api_error';
  const name = (STATUS_CODES[status] ?? 'error').toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  return { type: 'error', error: { type, message, code: status, status: status === 403 ? 'PERMISSION_DENIED' : name } };
}
