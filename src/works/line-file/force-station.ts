import { JidokaError } from '../../core/base/error.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import { isByStation, modelNamed, programStations, stationsOf } from '../../core/line/stations.ts';

/** The line without the stages that are done only where somebody names a station for them. */
export function withoutUnnamed(line: Line): Line {
  const unnamed = (stage: Stage): boolean => stage.station !== undefined && stationsOf(stage).length === 0;
  const left = line.stages.filter((stage) => !unnamed(stage));
  const inner = line.lines?.map(withoutUnnamed);
  return { ...line, stages: left, ...(inner === undefined ? {} : { lines: inner }) };
}

/**
 * Gives every stage of a line that stations do to one: by its name, to a program as `command:PROGRAM ARGUMENT…`, or
 * to an agent of the Agent Client Protocol that has no name here as `acp:PROGRAM ARGUMENT…`, with at least one argument.
 * A model, which only answers, is given the judgements, and the other stages keep their own. Throws `usage`.
 *
 * @example
 * forceStation(line, 'command:node agent.mjs').stages; // each with station "command" and run [node, agent.mjs]
 */
export function forceStation(line: Line, asked: string): Line {
  const [, station, words] = /^(command):(.*)$/s.exec(asked) ?? /^(acp):(\S+\s.*)$/s.exec(asked) ?? [];
  const run = words?.split(/\s+/).filter((word) => word !== '');
  if (run?.length === 0 || programStations.includes(asked))
    throw new JidokaError('usage', `--station ${asked} names no program.`, {
      mend: "Name it with its arguments: --station 'command:node agent.mjs'.",
    });
  const isModel = modelNamed(asked) !== null;
  if (isModel && !judges(line))
    throw new JidokaError('usage', `--station ${asked} has nothing to do: no stage of line "${line.name}" judges.`, {
      mend: 'Name an agent or a program: a model without tools can classify, plan and review.',
    });
  const forced = (stage: Stage): Stage => {
    if (!isByStation(stage) || (isModel && stage.does !== 'judgement')) return stage;
    const { run: _, ...rest } = stage;
    return run === undefined ? { ...rest, station: asked } : { ...rest, station: station ?? asked, run };
  };
  const inner = line.lines?.map((child) => (isModel && !judges(child) ? child : forceStation(child, asked)));
  return { ...line, stages: line.stages.map(forced), ...(inner === undefined ? {} : { lines: inner }) };
}

function judges({ stages, lines = [] }: Line): boolean {
  return stages.some(({ does }) => does === 'judgement') || lines.some(judges);
}
