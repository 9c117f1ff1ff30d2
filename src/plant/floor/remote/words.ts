import type { EgressRoute } from '../../../core/ports/egress.ts';
import type { BaseOrder, Command, FloorKind, ProcessExit, Tier } from '../../../core/ports/floor.ts';
import type { Digest } from '../../../core/base/ids.ts';

// What the two sides of a wire say to each other, beside the words of the ports.

/** What the factory tells a runner first. */
export interface RunnerSettings {
  /** Which floor of its own it serves; `contained` within a container that holds one workspace. */
  readonly floor: Extract<FloorKind, 'sandbox' | 'host'> | 'contained';
  /** The least tier that its sandbox may have; default T2. */
  readonly least?: Tier;
  /** Folder of the floor; null for one below the home of its user, apart for each factory. */
  readonly root: string | null;
  /** Tells this factory from others that use the same machine. */
  readonly factory: string;
  readonly mostOutputBytes?: number;
}

/** What a runner answers to that. */
export interface Begun {
  /** What the machine calls itself. */
  readonly host: string;
  /** Boot of its kernel; '' where it does not tell. */
  readonly boot: string;
  /** Folder of the floor. */
  readonly root: string;
}

/** A workspace in the hands of a runner, by the number it has there. */
export interface HandedWorkspace {
  readonly handle: number;
  readonly name: string;
  readonly root: string;
  readonly scratch: string;
  /** Folder of the git folder that it began with; null where there is none. */
  readonly base: string | null;
}

export interface OpenWords {
  readonly name: string;
  readonly base: Digest | null;
  readonly limits: BaseOrder['limits'] | null;
}

/** A command as it travels; its signal is the call's. */
export type CommandWords = Omit<Command, 'signal'>;

/** A result as it travels: its streams go beside it. */
export interface ResultWords {
  readonly exit: ProcessExit;
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** Whatever is asked of one workspace. */
export interface OfWorkspace {
  readonly handle: number;
}

/** What the factory answers who opens a gate: the environment for each choice of routes, named by `routesName`. */
export type GateEnvironments = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One name for the same routes in any order. */
export function routesName(routes: readonly EgressRoute[]): string {
  return [...new Set(routes)].sort().join(' ');
}

/** The port for which environments are told; the other side puts its own in its place. */
export const toldPort = 64_873;
