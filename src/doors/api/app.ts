import { Hono, type Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Actor } from '../../core/gate/answer.ts';
import type { Factory } from '../../core/ports/factory.ts';
import { authorize, identify } from './access.ts';
import { errorReply } from './api-error.ts';
import type { Bearers } from './bearers.ts';
import type { Guard } from './guard.ts';
import { jsonBody } from './json-body.ts';
import { checkQueries, missingRoute } from './missing-route.ts';
import type { Call, Route } from './route.ts';
import { routes } from './routes.ts';
import type { Streams } from './streams.ts';

export interface AppParts {
  readonly factory: Factory;
  readonly version: string;
  readonly bearers: Bearers;
  readonly guard: Guard;
  readonly streams: Streams;
  log(line: string): void;
}

/** The API as a function from requests to responses. */
export function makeApp(parts: AppParts): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store');
    parts.guard((name) => context.req.header(name));
    await next();
  });
  for (const route of routes) app.on(route.method, route.path, (context) => serve(route, context, parts));
  app.notFound(async (context) => {
    await identify(context.req.header('authorization'), parts.bearers);
    throw missingRoute(context.req.method, context.req.path);
  });
  app.onError((error, context) => fail(error, context, parts));
  return app;
}

async function serve(route: Route, context: Context, parts: AppParts): Promise<Response> {
  const { factory, version, bearers } = parts;
  const authorization = context.req.header('authorization');
  const actor = route.who === 'anyone' ? nobody : authorize(route.who, await identify(authorization, bearers));
  checkQueries(route, Object.keys(context.req.query()));
  const body = route.body === null ? null : await jsonBody(context.req.raw, route.body);
  const call: Call = {
    factory,
    version,
    actor,
    param: (name) => context.req.param(name) ?? '',
    query: (name) => context.req.query(name) ?? null,
    header: (name) => context.req.header(name) ?? null,
    stream: (text) => parts.streams.open(text, () => isStill(authorization, bearers)),
  };
  const answer = await route.handle(call, body);
  // Whoever lost a token is to notice at once.
  if (route.who === 'admin') bearers.forget();
  if (answer.kind === 'document') return context.json(answer.document, answer.status);
  return context.body(answer.body, 200, { 'Content-Type': answer.mediaType });
}

const nobody: Actor = { name: 'nobody', kind: 'agent', roles: [] };

async function isStill(authorization: string | undefined, bearers: Bearers): Promise<boolean> {
  try {
    await identify(authorization, bearers);
    return true;
  } catch {
    return false;
  }
}

function fail(error: Error, context: Context, { log }: AppParts): Response {
  const { status, document, log: line } = errorReply(error);
  const request = `${context.req.method} ${JSON.stringify(context.req.path)}`;
  if (line !== null || status === 401 || status === 403) log(`${request} ${status} ${line ?? document.error.message}`);
  if (status === 401) context.header('WWW-Authenticate', 'Bearer realm="jidoka"');
  // What is left of a body that is too big is not read, and would be taken for the next request.
  if (status === 413) context.header('Connection', 'close');
  // Statuses are ours to choose; all of them may have a body.
  return context.json(document, status as ContentfulStatusCode);
}
