import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ToolDesk } from '../../src/core/ports/stations/report-desk.ts';
import type { Floor, Network, ProcessResult, Workspace } from '../../src/core/ports/floor.ts';
import { deskDouble } from '../egress/index.ts';

/** A floor whose egress leads to a desk that was given; `end` removes everything it made. */
export interface FloorWithDesk {
  readonly floor: Floor;
  readonly end: () => Promise<void>;
}

/** Asks the desk as a station's agent would, and prints what it is told. */
const asking = `
  const url = process.env.JIDOKA_REPORT_URL ?? '';
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  if (url === '') console.log('no desk'); else fetch(url, { method: 'POST', headers, body })
    .then(async (answer) => console.log(answer.status, await answer.text()), (error) => console.log(String(error.cause ?? error)));
`;
const command = (program: string, network: Network) => ({ argv: ['node', '-e', program] as const, cwd: '', timeoutMs: 30_000, network });

/** What every floor promises of the way from a station to the report desk. */
export function wayOutContract(name: string, make: (desk: ToolDesk) => Promise<FloorWithDesk>): void {
  describe(`the way to the report desk: ${name}`, () => {
    const desk = deskDouble();
    let under: FloorWithDesk;
    let [one, two]: readonly Workspace[] = [];
    beforeAll(async () => {
      under = await make(desk);
      one = await under.floor.open('way/one');
      two = await under.floor.open('way/two');
    });
    afterAll(async () => {
      await one?.destroy();
      await two?.destroy();
      await under.end();
    });
    const ask = async (workspace: Workspace | undefined, network: Network, program = asking): Promise<ProcessResult | undefined> =>
      workspace?.spawn(command(program, network));

    test('a command of the network gateway finds it, and is known as its workspace', async () => {
      expect(await ask(one, 'gateway')).toMatchObject({
        exit: { code: 0 },
        stdout: '200 {"jsonrpc":"2.0","id":1,"result":{"job":"way/one"}}\n',
      });
      expect(await ask(two, 'gateway')).toMatchObject({ stdout: expect.stringContaining('"way/two"') });
      expect(desk.heard().map(({ job }) => job)).toEqual(['way/one', 'way/two']);
    });

    test('several commands at once are each answered', async () => {
      const results = await Promise.all([one, one, one, two].map((workspace) => ask(workspace, 'gateway')));
      for (const result of results) expect(result?.stdout).toMatch(/^200 /);
    });

    test.each(['none', 'registry'] as const)('a command of the network %s is told of none', async (network) => {
      expect((await ask(one, network))?.stdout).toBe('no desk\n');
    });

    test('a command that lives on finds it too', async () => {
      const process = await one?.start(command(asking, 'gateway'));
      if (process === undefined) throw new Error('No workspace was opened.');
      const result = await one?.attach(process, { timeoutMs: 30_000, signal: new AbortController().signal });
      expect(result).toMatchObject({ exit: { code: 0 }, stdout: expect.stringContaining('"way/one"') });
    });

    test('who asks for more than to hand in is refused, and that is told', async () => {
      const other = asking.replace("method: 'POST'", "method: 'PUT'");
      expect((await ask(one, 'gateway', other))?.stdout).toMatch(/^403 /);
      expect((await one?.usage())?.refusals).toContainEqual({ request: 'PUT /report/mcp', why: expect.any(String) });
    });
  });
}
