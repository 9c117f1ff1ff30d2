import { JidokaError } from '../../../../core/base/error.ts';
import type { Call } from '../../command.ts';
import { readWords } from '../../input-files.ts';
import type { LineCommand } from './request.ts';

/** `jidoka run task`: works a task in words on a line of one's own. */
export const task: LineCommand = {
  name: 'task',
  summary: 'do a task in words on a line of your own',
  options: [
    { flags: '--title <text>', description: 'the task in one line', required: true },
    { flags: '--body <text>', description: 'the task at length' },
    { flags: '--body-file <path>', description: 'file that holds the task at length' },
    {
      flags: '--key <key>',
      description: 'names the task among those of its repository, as a ticket number; without it, made of the words',
    },
    { flags: '--paths <globs>', description: 'paths that may change, with commas between; without it, those of the line' },
  ],
  needsLineFile: true,
  examples: [
    "--line feature.yaml --title 'Retry the webhook' --body-file task.md --key ACME-412",
    "--line fix.yaml --title 'Mend the date' --paths 'src/**,test/**'",
  ],
  ask: async (call) => ({
    line: 'task',
    subject: { kind: 'task', key: call.text('key'), title: titleOf(call), body: await bodyOf(call), paths: pathsOf(call.text('paths')) },
    to: null,
  }),
};

function titleOf(call: Call): string {
  const title = (call.text('title') ?? '').trim();
  if (title !== '') return title;
  throw new JidokaError('usage', '--title is empty.', { mend: "Say the task in one line: --title 'Retry the webhook'." });
}

async function bodyOf(call: Call): Promise<string> {
  const [body, file] = [call.text('body'), call.text('body-file')];
  if (file === null) return body ?? '';
  if (body === null) return readWords(file, call.world.cwd);
  throw new JidokaError('usage', 'Both --body and --body-file were given.', { mend: 'Give one of them.' });
}

function pathsOf(text: string | null): readonly string[] | null {
  if (text === null) return null;
  const paths = text.split(',').map((path) => path.trim());
  if (paths.every((path) => path !== '')) return paths;
  throw new JidokaError('usage', `--paths ${text} has an empty path.`, {
    mend: "Give globs with commas between: --paths 'src/**,test/**'.",
  });
}
