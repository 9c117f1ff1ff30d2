import { z } from 'zod';
import { reads, reply, takes, type Route } from '../route.ts';
import { needed } from './operations.ts';

const Holder = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.@-]{1,100}$/, 'letters, digits, dots, dashes and @')
    .refine((name) => name !== 'local', 'a name that is not "local", which is whoever owns the daemon'),
  kind: z.enum(['person', 'agent']),
  roles: z.array(z.string().regex(/^(\*|[a-z][a-z0-9-]*)$/, 'lower-case letters, digits and dashes, or *')),
});

export const credentialRoutes: readonly Route[] = [
  reads({ method: 'GET', path: '/v1/credentials', who: 'admin', does: 'who holds a token' }, async ({ factory }) =>
    reply({ credentials: await factory.credentials.list() }),
  ),
  takes(
    { method: 'POST', path: '/v1/credentials', who: 'admin', does: 'makes a token and tells it once', body: Holder },
    async ({ factory }, holder) => reply({ name: holder.name, ...(await factory.credentials.add(holder)) }, 201),
  ),
  reads({ method: 'DELETE', path: '/v1/credentials', who: 'admin', does: 'takes a token away', queries: ['name'] }, async (call) =>
    reply({ removed: await call.factory.credentials.remove(needed(call, 'name')) }),
  ),
];
