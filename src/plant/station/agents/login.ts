import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentLogin } from '../../../core/ports/stations/agents.ts';
import type { AgentRecord, LoginPlaces } from './catalogue/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty JSON document and its line end are no login. */
const leastBytes = 5;

/** Whether a login is there. Its size is all that is looked at. */
export async function loginOf({ login }: AgentRecord, env: Environment): Promise<AgentLogin> {
  if (login === null) return { kind: 'not-needed' };
  const variable = login.variables.find((name) => (env[name] ?? '').trim() !== '');
  if (variable !== undefined) return { kind: 'seen', where: `${variable} is set` };
  for (const path of filesOf(login, env)) {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    if (size >= leastBytes) return { kind: 'seen', where: path };
  }
  const mayHide = login.keyChain === 'any' || (login.keyChain === 'darwin' && process.platform === 'darwin');
  return { kind: mayHide ? 'hidden' : 'none', how: login.how };
}

function filesOf({ files }: LoginPlaces, env: Environment): readonly string[] {
  const moved = files.flatMap(({ below, path }) => {
    const folder = below === null ? '' : (env[below] ?? '');
    return folder === '' ? [] : [join(folder, path)];
  });
  if (moved.length > 0) return moved;
  const home = env['HOME'] ?? homedir();
  return files.flatMap(({ below, path }) => (below === null ? [join(home, path)] : []));
}
