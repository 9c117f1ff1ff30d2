/** Why a request to a registry gave no answer, without anything the registry or the settings said in clear. */
export interface RegistryFailure {
  readonly class: 'registry' | 'network' | 'timeout';
  /** `503`, `ENOTFOUND`: safe to show, because it never quotes a URL, a header or a body. */
  readonly what: string;
  /** HTTP status where there was an answer. */
  readonly status: number | null;
  /** Whether asking again soon may help. */
  readonly passing: boolean;
}

/** Names what a thrown value of npm-registry-fetch was. Messages are dropped: they can carry URLs with credentials. */
export function failureOf(error: unknown): RegistryFailure {
  const { statusCode, code, name, type } = fieldsOf(error);
  if (typeof statusCode === 'number') return answered(statusCode);
  const label = [code, type, name].find((field): field is string => typeof field === 'string' && /^[\w-]+$/.test(field)) ?? 'unknown';
  if (/time-?d?-?out/i.test(label) || name === 'AbortError' || name === 'TimeoutError') {
    return { class: 'timeout', what: label, status: null, passing: true };
  }
  if (type === 'invalid-json' || name === 'SyntaxError') return unreadable;
  return { class: 'network', what: label, status: null, passing: !/CERT|SIGNATURE|ENOTCACHED/.test(label) };
}

/** An answer with status 200 that is no JSON, or no package document. */
export const unreadable: RegistryFailure = { class: 'registry', what: 'an answer that is no package document', status: 200, passing: true };

function answered(status: number): RegistryFailure {
  return { class: 'registry', what: String(status), status, passing: status >= 500 || status === 429 || status === 408 };
}

function fieldsOf(error: unknown): Partial<Record<'statusCode' | 'code' | 'name' | 'type', unknown>> {
  return typeof error === 'object' && error !== null ? error : {};
}
