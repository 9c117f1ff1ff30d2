import { readAdvisories } from '../../input-files.ts';
import type { LineCommand } from './request.ts';

/** `jidoka run cve`: removes every vulnerable copy an advisory speaks of, or proves that there is none. */
export const cve: LineCommand = {
  name: 'cve',
  summary: 'remove every vulnerable copy of the packages of an advisory',
  options: [{ flags: '--advisory <path>', description: 'OSV advisory as JSON, or a folder of them', required: true }],
  needsLineFile: false,
  examples: ['--advisory GHSA-9c47-m6qq-7p4h.json', '--advisory advisories/ --scope prod'],
  ask: async (call) => {
    const files = await readAdvisories(call.text('advisory') ?? '', call.world.cwd);
    return { line: 'cve', subject: { kind: 'advisories', files }, to: null };
  },
};
