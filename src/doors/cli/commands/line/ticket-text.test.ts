import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTicketText } from './ticket-text.ts';

let cwd: string;
let server: Server;
let url: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'jidoka-ticket-'));
  server = createServer((request, answer) => {
    if (request.url === '/gone') answer.writeHead(404).end();
    else answer.end(request.url === '/endless' ? 'x'.repeat(2_000_000) : '# Größe\n');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cwd, { recursive: true, force: true });
});

async function* pieces(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* parts;
}

const read = (source: string, piped = pieces('')): Promise<string> => readTicketText(source, { cwd, stdin: () => piped });

describe('the words of a ticket', () => {
  it('come from a file, from a server, or are piped in', async () => {
    await writeFile(join(cwd, 'bug.md'), '# Größe\n');
    expect(await read('bug.md')).toBe('# Größe\n');
    expect(await read(`${url}/bug.md`)).toBe('# Größe\n');
    // A letter may be cut between two pieces.
    const bytes = new TextEncoder().encode('# Größe\n');
    expect(await read('-', pieces(bytes.slice(0, 5), bytes.slice(5)))).toBe('# Größe\n');
  });

  it.each([
    ['is not there', 'none.md', /none\.md cannot be read: ENOENT/],
    ['is a folder', '.', /cannot be read/],
    ['is no UTF-8', 'latin.md', /latin\.md is not UTF-8 text/],
    ['has a megabyte', 'long.md', /long\.md has more than 262144 bytes/],
  ])('that %s are refused', async (_, source, message) => {
    await writeFile(join(cwd, 'latin.md'), Buffer.from('Gr\u00f6\u00dfe', 'latin1'));
    await writeFile(join(cwd, 'long.md'), 'x'.repeat(1024 * 1024));
    await expect(read(source)).rejects.toMatchObject({ code: 'ticket-invalid', message: expect.stringMatching(message) });
  });

  it.each([
    ['gone', /the server answered 404/],
    ['endless', /has more than 262144 bytes/],
  ])('of a server are refused where they are %s', async (path, message) => {
    await expect(read(`${url}/${path}`)).rejects.toMatchObject({ code: 'ticket-invalid', message: expect.stringMatching(message) });
  });
});
