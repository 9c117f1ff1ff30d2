import { JidokaError } from '../../core/base/error.ts';
import { nearest } from '../../core/base/nearest.ts';
import { httpError } from './api-error.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** Says that there is no such route, and which one was most likely meant. */
export function missingRoute(method: string, path: string): JidokaError {
  const here = routes.filter((route) => pattern(route).test(path));
  const said = `${method} ${path.slice(0, 200)}`;
  if (here.length > 0) {
    const methods = here.map((route) => route.method).join(', ');
    return httpError(405, `${said}: this address takes ${methods}.`, `Use ${methods}.`);
  }
  return httpError(404, `There is no ${said}.`, `${suggestion(path)}docs/API.md lists the routes.`);
}

/** Throws `usage` for a query that the route does not know: one that is misspelt would silently mean nothing. */
export function checkQueries({ queries, method, path }: Route, given: readonly string[]): void {
  const unknown = given.find((name) => !queries.includes(name));
  if (unknown === undefined) return;
  const known = queries.length === 0 ? 'It takes none.' : `It takes ${queries.join(', ')}.`;
  throw new JidokaError('usage', `${method} ${readable(path)} takes no ?${unknown.slice(0, 100)}=.`, { mend: known });
}

/** A path as people write it: '/v1/gates/:gate'. */
export function readable(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, '');
}

/** Ids are not compared, only what stands around them. */
function suggestion(path: string): string {
  const roots = [...new Set(routes.map((route) => root(route.path)))];
  const found = nearest(root(path).slice(0, 60), roots);
  if (found === null) return '';
  const meant = routes.filter((route) => root(route.path) === found).map((route) => `${route.method} ${readable(route.path)}`);
  return `Did you mean ${meant.join(', ')}? `;
}

function root(path: string): string {
  return path.split('/').slice(0, 3).join('/');
}

function pattern({ path }: Route): RegExp {
  return new RegExp(
    `^${path.replaceAll('.', String.raw`\.`).replaceAll(/:\w+(\{\\\.\+\})?/g, (_, rest: unknown) => (rest === undefined ? '[^/]+' : '.+'))}$`,
  );
}
