import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saying } from '../../kit/scenario/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { ofPlain, taskLineFile } from './task-line.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene([saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' })], { floor: 'sandbox' });
});
afterAll(() => scene.close());

/** A line for a task whose station runs this script, and one command after it. */
async function lineOf(name: string, change: string, check = 'true'): Promise<string> {
  return await scene.write(`${name}.yaml`, taskLineFile({ name, change, check }));
}

async function work(
  path: string,
  line: string,
): Promise<{ readonly result: RunResult; readonly events: readonly LedgerEvent[]; readonly code: number | null }> {
  const ended = await scene.ask(['run', 'task', '--repo', path, '--line', line, '--title', 'do it', '--json']);
  const result = readResult(ended);
  const shown = JSON.parse((await scene.ask(['show', result.run, '--json'])).stdout) as { readonly events: readonly LedgerEvent[] };
  return { result, events: shown.events, code: ended.code };
}

function bodies<T extends LedgerEvent['body']['type']>(
  events: readonly LedgerEvent[],
  type: T,
): readonly Extract<LedgerEvent['body'], { type: T }>[] {
  return events.map(({ body }) => body).filter((body): body is Extract<LedgerEvent['body'], { type: T }> => body.type === type);
}

describe('a line on the sandbox', () => {
  it('gives its station what the repository asks for, and what the setup left is no part of the change', async () => {
    const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
    const line = await lineOf('set-up', ofPlain.change, ofPlain.check);
    const { result, events, code } = await work(path, line);
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'PR_READY' });
    expect(code).toBe(0);
    expect(bodies(events, 'environment.read')).toMatchObject([{ source: 'package-lock.json', setup: ['npm ci'], refused: [] }]);
    expect(bodies(events, 'change.harvested').flatMap(({ files }) => files.map((file) => file.path))).toEqual(['said.txt']);
    const opened = bodies(events, 'workspace.opened');
    // The suite is looked at as the bare commit sets it up; then its packages are there, and for station and command all that is asked for.
    const basesOf = (...stages: readonly string[]): readonly (string | null)[] => [
      ...new Set(opened.filter(({ stage }) => stages.includes(stage)).map(({ base }) => base)),
    ];
    const kinds = [['baseline'], ['inspection'], ['change', 'check'], ['baseline', 'inspection', 'change']] as const;
    expect(kinds.map((stages) => basesOf(...stages).length)).toEqual([1, 1, 1, 3]);
    for (const { where } of bodies(events, 'stage.started')) {
      expect(where).toMatchObject({ floor: 'sandbox', tier: 'T2', image: null, model: null });
      expect(where.wall).toMatch(/^(bubblewrap|namespaces)$/);
    }
    expect((await scene.ask(['evidence', 'verify', result.evidence.dir, '--head', result.evidence.head])).code).toBe(0);
  });

  it('takes what the setup left for no change of a station that changed nothing', async () => {
    const { path } = await scene.project({
      dependencies: {},
      files: { '.jidoka/factory.yaml': 'environment:\n  setup: ["echo made > left.txt"]\n' },
    });
    const { result, events } = await work(path, await lineOf('idle', 'test -e left.txt'));
    expect(result).toMatchObject({ verdict: 'ESCALATE', reason: { code: 'claim-without-change' } });
    expect(bodies(events, 'change.harvested').flatMap(({ files }) => files)).toEqual([]);
  });

  it('lets its station reach its own refs and nothing else, and tells each refusal in the ledger', async () => {
    const { path } = await scene.project({ dependencies: {} });
    const script = [
      'git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m x',
      'refs=$(git ls-remote "$JIDOKA_GIT_URL"); echo "$refs" > refs.txt',
      'git push --quiet "$JIDOKA_GIT_URL" HEAD:refs/heads/main && echo pushed > main.txt',
      'npm view plain --fetch-retries=0 > view.txt',
      'node -e "fetch(process.env.npm_config_registry).catch(() => 0)"',
      'exit 0',
    ].join('\n');
    const { result, events } = await work(
      path,
      await lineOf('refused', script, 'test -s refs.txt && ! test -e main.txt && ! test -s view.txt'),
    );
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'PR_READY' });
    const refused = bodies(events, 'egress.refused').map(({ request, why }) => `${request}: ${why}`);
    expect(
      refused.some((text) => /git/.test(text)),
      refused.join('\n'),
    ).toBe(true);
    expect(
      refused.some((text) => /GET \/npm\/plain/.test(text)),
      refused.join('\n'),
    ).toBe(true);
  });

  it('ends in ESCALATE where the setup fails for what it says, and in RETRYABLE_FAILURE where its surroundings do', async () => {
    const broken = await scene.project({
      dependencies: {},
      files: { '.jidoka/factory.yaml': 'environment:\n  setup: ["echo no such tool >&2; exit 7"]\n' },
    });
    const line = await lineOf('broken-setup', 'echo x > x');
    const failed = await work(broken.path, line);
    expect(failed.result).toMatchObject({ verdict: 'ESCALATE', reason: { message: expect.stringContaining('exit 7') } });
    expect(bodies(failed.events, 'claim.made')).toEqual([]);
    scene.registry.publish(saying('away', { '1.0.0': 'away' }));
    const away = await scene.project({ dependencies: { away: '1.0.0' }, files: { '.npmrc': 'fetch-retries=0\n' } });
    scene.registry.behave('away', { kind: 'status', status: 500 });
    const unlucky = await work(away.path, line);
    expect(unlucky.result, JSON.stringify(unlucky.result)).toMatchObject({ verdict: 'RETRYABLE_FAILURE' });
    const list = JSON.parse((await scene.ask(['floor', 'list', '--json'])).stdout) as {
      readonly workspaces: readonly { readonly state: string }[];
    };
    expect(list.workspaces.filter(({ state }) => state !== 'base')).toEqual([]);
  });
});
