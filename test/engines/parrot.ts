import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Egress } from '../../src/core/ports/egress.ts';

/** A way out behind which somebody answers every request with who asked and what for. */
export function parrot(): { readonly egress: Egress; readonly close: () => void } {
  const served: Server[] = [];
  return {
    close: () => served.forEach((server) => server.close()),
    egress: {
      async serve({ socket, job, routes, refused }) {
        const server = createServer((request, response) => {
          if (request.method === 'PUT') refused({ request: `PUT ${request.url}`, why: 'it is a parrot' });
          response.end(`${job} ${routes.join('+')} ${request.url}`);
        });
        served.push(server);
        await new Promise<void>((resolve) => server.listen(socket, resolve));
        return {
          environment: (port) => ({ WAY_OUT: `http://127.0.0.1:${port}/` }),
          allow: () => undefined,
          usage: () => ({ requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 }),
          close: async () => void server.close(),
        };
      },
    },
  };
}
