import { JidokaError } from '../../../../core/base/error.ts';
import { execute } from '../engine/execute.ts';
import type { Engine } from '../engine/engine.ts';
import { jobUser } from '../layout.ts';

/** Versions of what a job needs of an image. */
export interface ImageTools {
  readonly node: string;
  readonly npm: string;
  readonly git: string;
}

/** Oldest Node.js that the runner runs on. */
const oldestNode = [20, 19] as const;
const script = 'for tool in node npm git; do printf "%s " "$tool"; "$tool" --version 2>/dev/null || echo; done';

/** Asks a container of the image for the tools that every job needs. Throws `usage`, naming what is missing. */
export async function findTools(engine: Engine, container: string, image: string): Promise<ImageTools> {
  const { stdout } = await execute(engine, container, { argv: ['/bin/sh', '-c', script], user: jobUser.text });
  const said = (tool: string): string => new RegExp(`^${tool} .*?(\\d+\\.\\d[\\w.+-]*)`, 'm').exec(stdout)?.[1] ?? '';
  const tools = { node: said('node'), npm: said('npm'), git: said('git') };
  const missing = [
    ...(isOldEnough(tools.node) ? [] : [`Node.js ${oldestNode.join('.')} or newer${tools.node === '' ? '' : ` (it has ${tools.node})`}`]),
    ...(tools.npm === '' ? ['npm'] : []),
    ...(tools.git === '' ? ['git'] : []),
  ];
  if (missing.length > 0) throw lacking(image, missing);
  return tools;
}

function isOldEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** The fault of an image that jobs cannot run in. */
export function lacking(image: string, missing: readonly string[]): JidokaError {
  return new JidokaError('usage', `The image ${image} lacks what every job needs: ${missing.join(', ')}.`, {
    mend: `Name an image that has sh, git, npm and Node.js ${oldestNode.join('.')} or newer, such as node:22-bookworm, or add them to this one.`,
  });
}
