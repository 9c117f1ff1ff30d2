import { resolve } from 'node:path';
import { type CommandRecord, jsonOption, runArgument } from '../command.ts';
import { facts } from '../page.ts';
import { quote, selfCommand } from '../self-command.ts';
import { withFactory } from '../with-factory.ts';

/** `jidoka evidence RUN`: writes the bundle of a run into a folder. */
export const evidence: CommandRecord = {
  path: ['evidence'],
  summary: 'write the evidence of a run into a folder',
  arguments: [runArgument],
  options: [{ flags: '--out <dir>', description: "folder to write to; without it, the factory's own" }, jsonOption],
  examples: ['evidence deps-ms-2.1.3-1f0c9a2b --out ./evidence'],
  run: async (call) => {
    const [run = ''] = call.arguments;
    const out = call.text('out');
    const folder = out === null ? undefined : resolve(call.world.cwd, out);
    const place = await withFactory(call, (factory) => factory.evidence(run, folder));
    const verify = `${selfCommand(call.world)} evidence verify ${quote(place.dir)} --head ${place.head}`;
    return {
      exitCode: 0,
      document: place,
      text: (page) =>
        [
          `Evidence of ${place.run}`,
          ...facts(
            [
              ['folder', place.dir],
              ['head', place.head],
              ['ref', place.ref],
              ['verify', verify],
            ],
            page,
          ),
        ].join('\n'),
    };
  },
};
