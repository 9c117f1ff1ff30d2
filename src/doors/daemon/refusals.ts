import { JidokaError } from '../../core/base/error.ts';

export function daemonRunning(pid: number, url: string | null): JidokaError {
  const where = url === null ? 'is still starting' : `answers at ${url}`;
  return new JidokaError('daemon-running', `The daemon of this home is process ${pid} and ${where}.`, {
    mend: 'Use it as it is: every command finds it. `jidoka down` stops it.',
    data: { pid, url },
  });
}

export function diedAtStart(ending: string, log: string, lines: readonly string[]): JidokaError {
  const said = lines.length === 0 ? 'It said nothing.' : `It said last:\n${lines.map((line) => `    ${line}`).join('\n')}`;
  return new JidokaError('daemon-failed', `The daemon ${ending} before it answered. ${said}`, {
    mend: `See ${log}; \`jidoka up --foreground\` shows the same here, and \`jidoka doctor\` looks at this machine.`,
    data: { log },
  });
}
