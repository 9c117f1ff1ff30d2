import type { Protocol } from '../../../core/gateway/config/protocol.ts';

/** What is asked of an upstream. */
export interface Asking {
  readonly protocol: Protocol;
  /** The upstream's own name of the model. */
  readonly model: string;
  readonly what: 'answer' | 'count';
  readonly stream: boolean;
  /** What follows the question mark of the caller's address, without a key; of use within one protocol. */
  readonly query: string;
}

/**
 * Where a provider answers. Its base may end with the version of its API or not: whoever wrote it down took it from a page of one
 * kind or the other.
 *
 * @example
 * addressOf('http://10.0.0.5:8000/v1', { protocol: 'chat', … }); // http://10.0.0.5:8000/v1/chat/completions
 */
export function addressOf(base: string, { protocol, model, what, stream, query }: Asking): string {
  const stem = base.replace(/\/+$/, '');
  const hasVersion = /\/v\d+[a-z]*\d*$/.test(stem);
  const version = hasVersion ? '' : protocol === 'generate-content' ? '/v1beta' : '/v1';
  return `${stem}${version}${pathOf(protocol, model, what, stream)}${query === '' ? '' : `?${query}`}`;
}

function pathOf(protocol: Protocol, model: string, what: Asking['what'], stream: boolean): string {
  switch (protocol) {
    case 'messages':
      return what === 'count' ? '/messages/count_tokens' : '/messages';
    case 'responses':
      return '/responses';
    case 'chat':
      return '/chat/completions';
    default: {
      const verb = what === 'count' ? 'countTokens' : stream ? 'streamGenerateContent' : 'generateContent';
      return `/models/${model.split('/').map(encodeURIComponent).join('/')}:${verb}`;
    }
  }
}
