import { JidokaError } from '../../../../core/base/error.ts';
import type { RunRequest } from '../../../../core/ports/factory.ts';
import type { Call } from '../../command.ts';
import type { LineCommand } from './request.ts';

/** `jidoka run deps`: updates one dependency, or every outdated one. */
export const deps: LineCommand = {
  name: 'deps',
  summary: 'update npm dependencies, with behavioural evidence',
  options: [
    { flags: '--package <name>', description: 'the direct dependency to update' },
    { flags: '--all', description: 'every outdated direct dependency' },
    { flags: '--to <version>', description: 'a version, or how far to go: patch, minor, major' },
  ],
  needsLineFile: false,
  examples: ['--package lodash', '--package react --to minor --dry-run', '--all --scope prod --json'],
  ask: async (call) => ({ line: 'deps', subject: subjectOf(call), to: reachOf(call) }),
};

function subjectOf(call: Call): RunRequest['subject'] {
  const name = call.text('package');
  if ((name !== null) === call.flag('all')) {
    throw new JidokaError('usage', name === null ? 'Neither --package nor --all was given.' : 'Both --package and --all were given.', {
      mend: 'Give exactly one: --package NAME for one dependency, --all for every outdated one.',
    });
  }
  return name === null ? { kind: 'all' } : { kind: 'package', name: packageName(name) };
}

function packageName(text: string): string {
  const [, name, version] = /^(@?[^@]+)@(.*)$/.exec(text) ?? [];
  if (name === undefined) return text;
  throw new JidokaError('usage', `--package takes a name, and ${text} has a version.`, { mend: `Say --package ${name} --to ${version}.` });
}

function reachOf(call: Call): string | null {
  const to = call.text('to');
  if (to === null || !call.flag('all') || /^(patch|minor|major)$/.test(to)) return to;
  throw new JidokaError('usage', `--all cannot go to the one version ${to}.`, { mend: 'With --all, --to is patch, minor or major.' });
}
