import type { RoleBudget, ToolReach } from '../../../core/station/role.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import type { Reach } from '../reach.ts';

/** A coding agent's command line: how it is told its job, started, and understood. Pure: it touches nothing. */
export interface Harness {
  /** 'claude-code'. */
  readonly name: string;
  /** Files that it reads at its start, below the scratch home; never in the tree. */
  files(order: AgentOrder): readonly PlacedFile[];
  /** Folder of its home in which it looks for skills, where that is not '.agents/skills'. */
  readonly skills?: string;
  /** How to start it: for a new session, or to go on with one. What it is to do comes by its stdin. */
  start(order: AgentOrder, session: string | null): Start;
  /** Understands what one process of it says. */
  reader(): Reader;
}

export interface AgentOrder {
  /** Path of its program as commands of the workspace see it. */
  readonly program: string;
  readonly version: string;
  /** Folder of the tree. */
  readonly root: string;
  /** Folder that is the agent's own for this job: its home. */
  readonly home: string;
  readonly reach: Reach;
  /** Null leaves it to the harness. */
  readonly model: string | null;
  readonly tools: ToolReach;
  /** What it may use up; absent where nobody says. */
  readonly budget?: RoleBudget;
  /** Whether there are skills that it may read. */
  readonly hasSkills?: boolean;
  /** Markdown that it is to keep in mind, whatever it is asked. */
  readonly instructions: string;
}

export interface PlacedFile {
  /** Relative to the home. */
  readonly path: string;
  readonly text: string;
}

export interface Start {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** Remembers what it must to understand the next line. */
export interface Reader {
  /** One line of its stdout, which was JSON. */
  read(line: unknown): readonly SessionEvent[];
  /** What its stderr tells that its stdout did not, once it has ended. */
  readLast(stderr: string): readonly SessionEvent[];
}

/** Name under which the report desk is known to agents; some make it a part of the tool's name. */
export const deskName = 'jidoka';
/** Name of its tool. */
export const deskTool = 'report';
