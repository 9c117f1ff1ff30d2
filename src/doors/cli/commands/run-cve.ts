import { type CommandRecord } from '../command.ts';
import { readAdvisories } from '../input-files.ts';
import { runLine, runOptions } from './run-request.ts';

/** `jidoka run cve`: removes every vulnerable copy an advisory speaks of, or proves that there is none. */
export const runCve: CommandRecord = {
  path: ['run', 'cve'],
  summary: 'remove every vulnerable copy of the packages of an advisory',
  arguments: [],
  options: [{ flags: '--advisory <path>', description: 'OSV advisory as JSON, or a folder of them', required: true }, ...runOptions],
  examples: ['run cve --advisory GHSA-9c47-m6qq-7p4h.json', 'run cve --advisory advisories/ --scope prod'],
  run: async (call) => {
    const files = await readAdvisories(call.text('advisory') ?? '', call.world.cwd);
    return runLine(call, { line: 'cve', subject: { kind: 'advisories', files }, to: null });
  },
};
