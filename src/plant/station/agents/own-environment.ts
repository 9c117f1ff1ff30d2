import { delimiter, dirname } from 'node:path';

/** The owner's environment, with the Node.js that runs the factory first on PATH. */
export function ownEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(given), PATH: `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? '/usr/bin:/bin'}` };
}
