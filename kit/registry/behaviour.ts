import type { ServerResponse } from 'node:http';

/** A way for a registry to go wrong. */
export type Behaviour =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Sends the head and half a body, then nothing more. */
  | { readonly kind: 'stall' }
  /** Answers rightly, but late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Status 200 and no JSON. */
  | { readonly kind: 'garbage'; readonly body?: string }
  /** Cuts the connection. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'normal' };

/** Answers wrongly; `serve` gives the right answer for the behaviours that end in one. */
export function misbehave(behaviour: Behaviour, response: ServerResponse, serve: () => void): void {
  const json = { 'content-type': 'application/json' };
  switch (behaviour.kind) {
    case 'normal':
      return serve();
    case 'status':
      return void response.writeHead(behaviour.status, json).end(behaviour.body ?? '{"error":"made to fail"}');
    case 'hang':
      return;
    case 'stall':
      return void response.writeHead(200, json).write('{"name":');
    case 'slow':
      return void setTimeout(serve, behaviour.ms);
    case 'garbage':
      return void response.writeHead(200, json).end(behaviour.body ?? '<html>proxy login</html>');
    case 'reset':
      return void response.destroy();
  }
}
