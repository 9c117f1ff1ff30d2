import type { IncomingHttpHeaders } from 'node:http';

/** What a gateway must know of a request: what it holds, which edition of the protocol, which session. Never who asks. */
const outward =
  /^(content-type|content-encoding|accept|user-agent|anthropic-(version|beta|dangerous-direct-browser-access)|openai-beta|originator|version|x-app|x-stainless-.+|x-claude-.+|x-codex-.+|x-goog-api-client|session[-_]id|thread[-_]id|conversation[-_]id|x-session-.+|x-client-request-id|traceparent)$/;

/** What a client must know of an answer; cookies, and whose account it was, stay outside. */
const inward =
  /^(content-type|content-length|cache-control|retry-after(-ms)?|request-id|x-request-id|x-should-retry|anthropic-ratelimit-.+|x-ratelimit-.+|openai-processing-ms|openai-version|x-codex-.+)$/;

/** Headers of a request that go out. The answer is to come as it is: what is compressed cannot be looked through. */
export function headOutward(headers: IncomingHttpHeaders): Record<string, string> {
  return { ...matching(headers, outward), 'accept-encoding': 'identity' };
}

/** Headers of an answer that come in. */
export function headInward(headers: IncomingHttpHeaders): Record<string, string> {
  return matching(headers, inward);
}

function matching(headers: IncomingHttpHeaders, names: RegExp): Record<string, string> {
  const found = Object.entries(headers).filter(([name, value]) => names.test(name) && typeof value === 'string');
  return Object.fromEntries(found.map(([name, value]) => [name, String(value)]));
}
