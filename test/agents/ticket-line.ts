import { readdir, readFile } from 'node:fs/promises';
import type { AgentScript } from '../../kit/agent/index.ts';
import { slugFiles } from '../bug/slugs.ts';
import type { Scene } from '../scenarios/scene.ts';

/** By these words a model, or what stands in for an agent, knows in which part it is. */
export const partWords = {
  classification: 'You sort tickets',
  reproduction: 'You write tests that show a fault',
  plan: 'You find where a fault',
  change: 'You mend a fault',
  review: 'You read a change',
} as const;

/** The script of an agent, as a model has to play it for it. */
export function scenarioOf(script: AgentScript): object {
  const scripts = Object.entries(partWords).map(([form, says]) => {
    const deed = script[form as keyof typeof partWords]?.[0] ?? {};
    const writes = Object.entries(deed.files ?? {}).flatMap(([path, text]) => [
      ...(path in slugFiles ? [{ read: path }] : []),
      { write: { file: path, text } },
    ]);
    const runs = (deed.shell ?? []).map((run) => ({ run }));
    const report = deed.report === undefined ? [] : [{ report: deed.report }];
    return { name: form, when: { says }, steps: [...writes, ...runs, ...report, { say: 'Done.', times: 4 }] };
  });
  return { scripts };
}

/** The built-in line, whose roles name the twin's model: left to themselves some agents ask for tools inside of texts. */
export async function lineWithModel(scene: Scene): Promise<string> {
  const folder = new URL('../../lines/bug/', import.meta.url);
  for (const name of await readdir(new URL('roles', folder))) {
    const text = await readFile(new URL(`roles/${name}`, folder), 'utf8');
    await scene.write(`line/roles/${name}`, text.replace(/^---\n/, '---\nmodel: twin\n'));
  }
  const text = await readFile(new URL('line.yaml', folder), 'utf8');
  return await scene.write('line/line.yaml', text.replaceAll(/^ +onFail: .*\n/gm, ''));
}

/** How npm of this machine reaches its registry. */
export function settingsOfNpm(): Record<string, string> {
  const named = Object.entries(process.env).filter(([name]) => /^npm_config_|^NODE_EXTRA_CA_CERTS$/i.test(name));
  return Object.fromEntries(named.map(([name, value]) => [name, value ?? '']));
}
