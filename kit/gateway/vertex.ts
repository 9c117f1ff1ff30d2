import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A local double of Vertex: the login of a workload, and its addresses in front of a server of the vendors' own APIs. */
export interface Vertex {
  readonly url: string;
  /** Credentials of a workload, which log in here; `subject` is the file with its token. */
  credentials(subject: string): object;
  /** How often somebody logged in. */
  readonly logins: () => number;
  close(): Promise<void>;
}

const token = 'access-token-of-a-workload-0001';

/** Starts one before `behind`, which speaks Messages and generateContent. */
export async function startVertex(behind: string): Promise<Vertex> {
  let logins = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.url === '/token') {
        logins += 1;
        return json(response, 200, { access_token: token, issued_token_type: 'access_token', token_type: 'Bearer', expires_in: 3600 });
      }
      if (request.headers.authorization !== `Bearer ${token}`)
        return json(response, 401, { error: { code: 401, status: 'UNAUTHENTICATED' } });
      return pass(request, response, { behind, body });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
  return {
    url,
    credentials: (subject) => ({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/here',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: subject },
    }),
    logins: () => logins,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Models of Anthropic are named by the address here, and by the body there. */
function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { behind, body }: { readonly behind: string; readonly body: string },
): void {
  const [, model] = /^\/([^/]+):(?:streamRawPredict|rawPredict)$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
  const path = model === undefined ? `/v1beta${request.url}` : '/v1/messages';
  const told = model === undefined ? body : JSON.stringify({ ...(JSON.parse(body) as object), model });
  const headers = { 'content-type': 'application/json', 'x-api-key': token, 'anthropic-version': '2023-06-01' };
  ask(`${behind}${path}`, { method: 'POST', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  }).end(told);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
