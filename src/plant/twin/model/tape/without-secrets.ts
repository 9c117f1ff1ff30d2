import type { IncomingHttpHeaders } from 'node:http';

const secret = /^(authorization|proxy-authorization|cookie|x-api-key|x-goog-api-key|api-key)$/;

/** Headers for the tape: of secrets only that they were there and how long they were. */
export function shownHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const text = Array.isArray(value) ? value.join(', ') : value;
      return [[name, secret.test(name) ? `<hidden: ${text.length} characters>` : text]];
    }),
  );
}

/** An address for the tape: a key in its query is hidden. */
export function shownPath(url: string): string {
  return url.replace(/([?&](?:key|api_key|access_token)=)[^&]*/g, '$1<hidden>');
}

/** A text for the tape: the key of the call, where an agent put it into its words, is hidden. */
export function withoutToken(text: string, token: string | null): string {
  // Shorter ones are no secrets, and would tear words apart.
  return token === null || token.length < 8 ? text : text.replaceAll(token, '<token of this call>');
}
