import type { Claim } from '../../src/core/evidence/fact.ts';
import type { Workspace } from '../../src/core/ports/floor.ts';
import type { Station } from '../../src/core/ports/station.ts';
import type { Specimen } from '../repository/index.ts';
import type { Deed } from './deed.ts';

/**
 * A station that does one thing to a specimen and then says that it is done.
 *
 * @example
 * await scriptedStation(honestFix, specimen('mocha')).perform(job); // { says: 'changed', … }
 */
export function scriptedStation(deed: Deed, specimen: Specimen): Station {
  return {
    name: `scripted:${deed.name}`,
    perform: async ({ workspace, note }) => {
      note(deed.statement);
      await perform(deed, specimen, workspace);
      return claimOf(deed);
    },
  };
}

async function perform(deed: Deed, specimen: Specimen, workspace: Workspace): Promise<void> {
  for (const [path, content] of Object.entries(deed.files(specimen))) {
    if (content === null) await workspace.files.remove(path);
    else await workspace.files.write(path, content);
  }
  for (const argv of deed.commands(specimen)) {
    const { exit, stderr } = await workspace.spawn({ argv, cwd: '', timeoutMs: 10_000, network: 'none' });
    if (exit.kind !== 'exited' || exit.code !== 0) throw new Error(`${argv.join(' ')} did not succeed: ${stderr}`);
  }
}

function claimOf(deed: Deed): Claim {
  const summary = deed.says === 'no-op' ? 'Nothing is owed.' : 'Mended the bug; all tests pass.';
  return {
    kind: 'claim',
    station: `scripted:${deed.name}`,
    says: deed.says,
    code: deed.says === 'no-op' ? 'already-fixed' : 'mended',
    summary,
    steps: [],
    logs: [],
  };
}
