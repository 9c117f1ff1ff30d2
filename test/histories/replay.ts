import { isDeepStrictEqual } from 'node:util';
import type { EventBody } from '../../src/core/evidence/event.ts';
import type { Line } from '../../src/core/line/line.ts';
import { next, type Command } from '../../src/core/line/next.ts';
import { advance, fold, type RunState } from '../../src/core/line/state.ts';

/**
 * Holds a recorded history against today's code: at every event the run of then must be one that goes on today as it
 * went on then, and its record must lead to its end. Returns what does not fit; nothing where all does.
 */
export function replay(line: Line, events: readonly EventBody[]): readonly string[] {
  const faults = events.flatMap((event, at) => {
    const commands = next(line, fold(events.slice(0, at)));
    if (isAskedFor(event, commands)) return [];
    return [`event ${at + 1}, ${describe(event)}, came where today's code asks for ${commands.map(inWords).join(', ')}`];
  });
  return [...faults, ...ending(line, fold(events))];
}

/** What today's code must ask for where an event was recorded. What comes from outside may come whatever the run is at. */
const askedAt: Readonly<Record<EventBody['type'], readonly Command['kind'][] | 'any time' | 'never'>> = {
  'run.started': ['stage'],
  'packet.sealed': ['stage'],
  'stage.started': ['stage'],
  'route.decided': ['stage'],
  'stage.retried': ['stage'],
  'station.started': ['stage'],
  'station.noted': ['stage'],
  'station.resumed': ['stage'],
  'station.handed-over': ['stage'],
  'repetition.counted': ['stage'],
  'workspace.opened': ['stage'],
  'workspace.used': ['stage'],
  'environment.read': ['stage'],
  'egress.refused': ['stage'],
  'models.refused': ['stage'],
  'plan.made': ['stage'],
  observed: ['stage'],
  'claim.made': ['stage'],
  'change.harvested': ['stage'],
  'gate.opened': ['stage'],
  'children.started': ['stage'],
  'gate.answered': ['wait'],
  'gate.expired': ['wait'],
  'fact.found': ['stage', 'conclude', 'decide'],
  'stage.completed': ['stage', 'conclude'],
  'rework.ordered': ['rework'],
  'stage.forgone': ['forgo'],
  'verdict.decided': ['decide'],
  'models.counted': ['decide'],
  'evidence.sealed': ['seal'],
  'effect.intended': ['deliver'],
  'effect.done': ['deliver'],
  delivered: ['deliver'],
  'run.ended': ['deliver'],
  'outcome.judged': ['end'],
  'child.ended': 'any time',
  'run.cancelled': 'any time',
  'step.reclaimed': 'any time',
  'factory.paused': 'never',
  'factory.unpaused': 'never',
  'factory.limited': 'never',
  'factory.reviewed': 'never',
  'factory.scheduled': 'never',
  'factory.unscheduled': 'never',
  'factory.fired': 'never',
  'station.added': 'never',
  'station.login': 'never',
  'station.removed': 'never',
  'station.seen': 'never',
  'request.taken': 'never',
  'request.refused': 'never',
};

function isAskedFor(event: EventBody, commands: readonly Command[]): boolean {
  const kinds = askedAt[event.type];
  if (typeof kinds === 'string') return kinds === 'any time';
  return commands.some((command) => kinds.includes(command.kind) && isAbout(command, event));
}

function isAbout(command: Command, event: EventBody): boolean {
  if (event.type === 'run.started' || event.type === 'packet.sealed') return 'attempt' in command && command.attempt === 1;
  if (command.kind === 'rework')
    return event.type === 'rework.ordered' && isDeepStrictEqual([command.rework.to, command.voids], [event.to, event.voids]);
  // What waits comes to its end by what it waited for, never by itself.
  if (command.kind === 'stage' && event.type === 'stage.completed' && /^(gate|runs)$/.test(command.stage.does)) return false;
  if (!('stage' in command) || !('stage' in event)) return true;
  const attempt = 'attempt' in event ? event.attempt : undefined;
  // What says no attempt is of the first, or of a time when there was only one.
  return stageId(command) === event.stage && command.attempt === (attempt ?? command.attempt);
}

/** A record is kept up to its seal; what follows in no evidence folder is the delivery. A parked one ends in a wait. */
function ending(line: Line, state: RunState): readonly string[] {
  const commands = next(line, state);
  const isParked = commands.every(({ kind }) => kind === 'wait');
  const delivered = next(line, advance(state, { type: 'run.ended', verdict: state.verdict ?? 'ESCALATE' }));
  if (isParked || delivered.every(({ kind }) => kind === 'end')) return [];
  return [`the record leads to ${commands.map(inWords).join(', ')}, not to its end`];
}

function stageId(command: Extract<Command, { stage: unknown }>): string {
  return typeof command.stage === 'string' ? command.stage : command.stage.id;
}

function inWords(command: Command): string {
  return 'stage' in command ? `${command.kind} "${stageId(command)}" (attempt ${command.attempt})` : command.kind;
}

function describe(event: EventBody): string {
  return 'stage' in event ? `${event.type} of "${event.stage}"` : event.type;
}
