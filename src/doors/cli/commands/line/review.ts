import { JidokaError } from '../../../../core/base/error.ts';
import type { Call } from '../../command.ts';
import type { LineCommand } from './request.ts';

/** `jidoka run review`: says what stands against a branch or a pull request. */
export const review: LineCommand = {
  name: 'review',
  summary: 'say what stands against a branch or a pull request',
  options: [
    { flags: '--head <ref>', description: 'branch, tag, commit or full ref to look at, as refs/pull/12/head' },
    { flags: '--pr <n>', description: 'number of a pull or merge request, in the place of --head' },
    { flags: '--base <ref>', description: 'what it is to be taken into; without it, the default branch' },
  ],
  needsLineFile: false,
  examples: ['--head feature', '--head feature --base release/2.x --json', '--repo https://git.example/shop.git --pr 12'],
  ask: async (call) => ({ line: 'review', subject: { kind: 'branch', heads: headsOf(call), base: given(call, 'base') }, to: null }),
};

/** Where hosts keep what a request proposes: GitHub and those like it, then GitLab. */
function headsOf(call: Call): readonly string[] {
  const [head, pr] = [given(call, 'head'), given(call, 'pr')];
  if ((head === null) === (pr === null))
    throw new JidokaError('usage', head === null ? 'Nothing says what is to be reviewed.' : 'Both --head and --pr were given.', {
      mend: 'Name one of them: --head BRANCH, or --pr 12.',
    });
  if (head !== null) return [head];
  if (pr === null || !/^[1-9]\d{0,9}$/.test(pr))
    throw new JidokaError('usage', `--pr ${pr} is no number of a pull request.`, { mend: 'Give its number alone: --pr 12.' });
  return [`refs/pull/${pr}/head`, `refs/merge-requests/${pr}/head`];
}

function given(call: Call, name: 'head' | 'pr' | 'base'): string | null {
  const text = call.text(name);
  if (text === null) return null;
  if (text.trim() !== '') return text.trim();
  throw new JidokaError('usage', `--${name} is empty.`, { mend: `Leave it out, or name what it is to be.` });
}
