import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claudeDouble, scriptedAgent } from '../../kit/agent/index.ts';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { partWords } from '../agents/ticket-line.ts';
import { show } from '../kills/trial.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { agentScript, mendsNothing, slugFiles, ticket } from './slugs.ts';

let scene: Scene;
let repository: MadeRepository;
beforeAll(async () => {
  scene = await openScene([]);
  // The user that commands run as finds the second agent below it.
  await chmod(scene.folder, 0o755);
  repository = await makeRepository(slugFiles);
});
afterAll(async () => {
  await scene.close();
  await repository.remove();
});

/** The built-in line, in which a program that mends nothing comes first, and Claude Code second. */
async function lineOfTwo(): Promise<string> {
  const folder = new URL('../../lines/bug/', import.meta.url);
  for (const name of await readdir(new URL('roles', folder)))
    await scene.write(`two/roles/${name}`, await readFile(new URL(`roles/${name}`, folder), 'utf8'));
  const run = JSON.stringify(
    scriptedAgent(agentScript({ change: [mendsNothing] }))
      .replace('command:', '')
      .split(' '),
  );
  const text = await readFile(new URL('line.yaml', folder), 'utf8');
  const two = text.replaceAll(/^ {4}station: \[c.*$/gm, `    station: [command, claude-code]\n    run: ${run}`);
  expect(two.match(/claude-code/g)).toHaveLength(3);
  return await scene.write('two/line.yaml', two);
}

it('in the line of tickets, a change that two rounds did not help is made by the second station in the third', async () => {
  const folder = join(scene.folder, 'bin');
  await mkdir(folder, { mode: 0o777 });
  await chmod(folder, 0o777);
  await writeFile(join(folder, 'claude'), claudeDouble({ script: agentScript(), forms: partWords, folder, hold: null }), { mode: 0o755 });
  const env = { PATH: `${folder}:${scene.env['PATH'] ?? ''}`, JIDOKA_MODEL_URL: 'http://127.0.0.1:9' };
  const file = await scene.write('T-1.md', ticket);
  const asked = ['run', 'bug', '--ticket', file, '--repo', repository.path, '--line', await lineOfTwo(), '--json'];
  const result = readResult(await scene.jidoka(asked, { env }));
  expect(`${result.verdict} ${result.reason.code}`).toBe('PR_READY validated');
  const bodies = (await show(scene, result.run)).events.map(({ body }) => body);
  expect(bodies.filter((body) => body.type === 'rework.ordered')).toMatchObject([{ to: 'change' }, { to: 'change' }]);
  expect(bodies.filter((body) => body.type === 'station.handed-over')).toMatchObject([
    { stage: 'change', attempt: 3, from: 'command', to: 'claude-code' },
  ]);
  const claims = bodies.flatMap((body) => (body.type === 'claim.made' && body.stage === 'change' ? [body.claim.station] : []));
  expect(claims).toEqual(['command', 'command', 'claude-code']);
});
