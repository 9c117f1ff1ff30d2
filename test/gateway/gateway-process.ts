import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/src/doors/cli/main.js', import.meta.url));

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly url: string;
}

/** A gateway of a factory, in a process of its own, with the settings in its home; its owner has `key`. It is one of `children` too. */
export async function startGatewayProcess(home: string, key: string, children: ChildProcess[]): Promise<GatewayProcess> {
  const place = ['--home', home, '--config', join(home, 'factory.yaml'), '--port', '0', '--key', 'env:OWN_KEY'];
  const env = { ...process.env, OWN_KEY: key };
  const child = spawn(process.execPath, [main, 'gateway', 'serve', '--json', ...place], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]; // its first line says where it listens
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

/** Ends a process that runs, and returns when it is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
