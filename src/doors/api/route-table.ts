import type { z } from 'zod';
import { readable } from './missing-route.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** The routes as a Markdown table, for docs/API.md. */
export function routeTable(): string {
  const head = ['| Route | Takes | Does | Who |', '| --- | --- | --- | --- |'];
  return [...head, ...routes.map(row)].join('\n');
}

function row(route: Route): string {
  const queries = route.queries.map((name) => `\`?${name}\``);
  const takes = route.body === null ? queries.join(' ') : `\`{${fields(route.body).join(', ')}}\``;
  return `| \`${route.method} ${readable(route.path)}\` | ${takes} | ${route.does} | ${route.who} |`;
}

function fields(form: z.ZodObject): string[] {
  return Object.entries(form.shape).map(([name, field]) => (field.safeParse(undefined).success ? `${name}?` : name));
}
