import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Line, Stage } from '../../../src/core/line/line.ts';
import type { Trial } from './cases.ts';

const folder = new URL('../../../lines/bug/', import.meta.url);

/** Writes a file and returns its path. */
type Write = (name: string, content: string) => Promise<string>;

/**
 * The built-in line with small limits and no second try, so that a first failure is what the run ends with. Where the agent
 * is tried in the change alone, what comes before and after it by other stations is left out: the base has a test that
 * fails, and the bench itself holds what is delivered against the fix. Its roles name the twin's model: left to themselves
 * some agents ask for tools inside of texts.
 */
export async function lineFor({ agent, of, patience }: Trial & { readonly patience: number }, write: Write, name: string): Promise<string> {
  for (const role of await readdir(new URL('roles', folder))) {
    const text = await readFile(new URL(`roles/${role}`, folder), 'utf8');
    await write(join(name, 'roles', role), text.replace(/^---\n/, '---\nmodel: twin\n'));
  }
  const line = parse(await readFile(new URL('line.yaml', folder), 'utf8')) as Line;
  const isWhole = of.parts === 'all';
  const needed = line.stages.filter(({ optional }) => optional !== true);
  const stages = needed.filter(({ station, does }) => isWhole || station === undefined || does === 'change');
  const inspection = line.inspection.filter(({ check }) => isWhole || !['reproduction', 'fixed', 'review'].includes(check));
  const tried = { ...line, stages: stages.map((stage) => staged(stage, { agent, of, patience })), inspection };
  return await write(join(name, 'line.yaml'), JSON.stringify(tried, null, 2));
}

/** Limits are seconds; OpenCode says nothing for long when it starts, and longer on a busy machine. */
function staged(given: Stage, { agent, of, patience }: Trial & { readonly patience: number }): Stage {
  const { stall = '60s', timeout = '180s', retries = 0 } = of.limits ?? {};
  const { onFail: _, ...stage } = given;
  if (stage.station === undefined) return stage;
  const station = [agent, ...(of.next ?? [])];
  const times = patience * (station.some((name) => name.endsWith('opencode')) ? 3 : 1);
  const longer = (limit: string): string => `${Math.ceil(Number.parseInt(limit, 10) * times)}s`;
  return {
    ...stage,
    station,
    stall: longer(stall),
    timeout: longer(timeout),
    retries,
    ...(of.run === undefined ? {} : { run: [...of.run] }),
  };
}
