import type { Stage } from '../../../core/line/line.ts';
import { crewOf } from '../../../core/station/crew-of.ts';
import type { Command } from '../../../core/line/next.ts';
import { controlQueue, stageQueue, type NewStep } from '../../../core/ports/engine.ts';
import type { Stations } from '../../../core/ports/station.ts';
import type { RunInput } from '../run-input.ts';

/** The steps that a run's commands are done by; a run that only waits for other runs has none. */
export function stepsOf(commands: readonly Command[], input: RunInput, stations: Stations): readonly NewStep[] {
  return commands.flatMap((command) => stepOf(command, input, stations));
}

/** Names the step of a command within its run, the same in every process. */
export function stepId(command: Command): string {
  switch (command.kind) {
    case 'stage':
      return `stage/${command.stage.id}/${command.attempt}`;
    case 'wait':
      return `expire/${command.stage.id}/${command.attempt}`;
    default:
      return command.kind;
  }
}

function stepOf(command: Command, input: RunInput, stations: Stations): readonly NewStep[] {
  const id = stepId(command);
  switch (command.kind) {
    case 'stage':
      return [
        isOurs(command.stage)
          ? { ...control(id, input), starts: starts(id, command.stage, input) }
          : staged(id, command.stage, input, stations),
      ];
    case 'wait':
      return command.wait.kind === 'gate' ? [{ ...control(id, input), notBefore: command.wait.expiresAt }] : [];
    case 'decide':
    case 'seal':
    case 'deliver':
      return [control(id, input)];
    default:
      return [];
  }
}

/** Opening a gate and starting runs cost nothing and take nobody's place. */
function isOurs({ does }: Stage): boolean {
  return does === 'gate' || does === 'runs';
}

function control(id: string, { line, priority }: RunInput): NewStep {
  const scopes = ['factory', `line:${line.name}`];
  return { id, queue: controlQueue, slots: [], rates: [], scopes, starts: false, labels: [], priority: priority - 1, notBefore: null };
}

function staged(id: string, stage: Stage, input: RunInput, stations: Stations): NewStep {
  const { line, seed, priority } = input;
  const queue = stage.queue ?? stageQueue;
  const [first] = crewOf(stage, line, stations).able;
  const [station, provider] = [first?.name, first?.provider];
  const ofRun = ['global', `line:${line.name}`, `repository:${seed.repository.id}`];
  const ofStep = [
    `queue:${queue}`,
    ...(station === undefined ? [] : [`station:${station}`]),
    ...(provider === undefined ? [] : [`provider:${provider}`]),
  ];
  const isStart = starts(id, stage, input);
  return {
    id,
    queue,
    slots: [...ofRun, ...ofStep],
    rates: isStart ? [...ofRun, ...ofStep] : ofStep,
    scopes: ['factory', `line:${line.name}`, `queue:${queue}`],
    starts: isStart,
    labels: stage.labels ?? [],
    // What is begun is brought to its end before something new is begun.
    priority: isStart ? priority : priority - 1,
    notBefore: null,
  };
}

/** Whether a run begins with this step: it waits while too many results of its line wait for a person. */
function starts(id: string, stage: Stage, { line: { stages } }: RunInput): boolean {
  return stages.indexOf(stage) === 0 && id.endsWith('/1');
}
