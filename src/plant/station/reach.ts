import { JidokaError } from '../../core/base/error.ts';
import type { Workspace } from '../../core/ports/floor.ts';

/** Where a command of the workspace finds the model gateway and the report desk. Holds no secret. */
export interface Reach {
  /** Bases of the protocols; whatever follows is the protocol's own path. */
  readonly anthropic: string;
  readonly openai: string;
  readonly gemini: string;
  /** What stands in for a provider's key. */
  readonly key: string;
  /** The desk, as a server of the Model Context Protocol over HTTP. */
  readonly report: string;
}

/**
 * Looks at what the floor gives to commands, and adds `given` where that is nothing, as on a floor without walls. Throws
 * `workspace-failed` where there is no gateway or no desk: an agent could neither think nor say that it is done.
 */
export async function reachOf(workspace: Workspace, given: Readonly<Record<string, string>>): Promise<Reach> {
  const names = ['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'GOOGLE_GEMINI_BASE_URL', 'ANTHROPIC_API_KEY', 'JIDOKA_REPORT_URL'] as const;
  const script = names.map((name) => `printf '%s\\n' "$${name}"`).join('; ');
  const command = { argv: ['sh', '-c', script] as const, cwd: '', timeoutMs: 30_000, network: 'gateway' as const };
  const { stdout, exit, stderr } = await workspace.spawn(command);
  const ended = exit.kind === 'exited' && exit.code === 0;
  if (!ended) throw nothing(`its surroundings could not be looked at: ${stderr.trim() || exit.kind}`);
  const lines = stdout.split('\n');
  const [anthropic = '', openai = '', gemini = '', key = '', report = ''] = names.map((name, at) => lines[at] || (given[name] ?? ''));
  if (report === '') throw nothing('no report desk is reached from it');
  if ([anthropic, openai, gemini].every((url) => url === '')) throw nothing('no model gateway is reached from it');
  return { anthropic, openai, gemini, key: key || 'jidoka-job', report };
}

function nothing(why: string): JidokaError {
  return new JidokaError('workspace-failed', `No agent can work in this workspace: ${why}.`, {
    mend: 'Name a model gateway in JIDOKA_MODEL_URL, and use a floor that has walls; see `jidoka doctor`.',
  });
}
