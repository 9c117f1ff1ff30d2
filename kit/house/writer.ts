import type { Claim } from '../../src/core/evidence/fact.ts';
import type { Station, StationJob } from '../../src/core/ports/station.ts';

/** Makes the station "writer": it does what a test says, by default writes a file of the attempt, and claims a change. */
export function writer(act: (job: StationJob) => Promise<unknown> = writeAttempt): Station {
  return {
    name: 'writer',
    perform: async (job): Promise<Claim> => {
      await act(job);
      return { kind: 'claim', station: 'writer', says: 'changed', code: 'written', summary: 'Wrote it.', steps: [], logs: [] };
    },
  };
}

function writeAttempt({ workspace, feedback }: StationJob): Promise<void> {
  return workspace.files.write('src/made.js', `// ${feedback.length + 1}\n`);
}
