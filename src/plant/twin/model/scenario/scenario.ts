import { z } from 'zod';
import { protocols } from '../call.ts';
import { Fault } from './fault.ts';
import { Step } from './step.ts';

/** Which conversations something is for. All that is given must hold. */
export const When = z.strictObject({
  /** Stands in what the first request of the conversation says: instructions, system prompt, task. */
  says: z.string().min(1).optional(),
  protocol: z.enum(protocols).optional(),
  /** Name of the model, or its beginning with `*`. */
  model: z.string().min(1).optional(),
  /** Stands in the `User-Agent`, upper and lower case alike. */
  agent: z.string().min(1).optional(),
});
export type When = z.infer<typeof When>;

/** Something goes wrong at certain calls. Side calls are not counted and nothing goes wrong with them. */
export const Disturbance = z.strictObject({
  fault: Fault,
  /** Which call is the first that it happens to, from 1; calls tried again count. */
  at: z.number().int().min(1).default(1),
  /** How many calls in a row. */
  times: z.union([z.number().int().min(1), z.literal('forever')]).default(1),
  /** Whether calls are counted in each conversation, or over all of them. */
  of: z.enum(['conversation', 'all']).default('conversation'),
  when: When.default({}),
});
export type Disturbance = z.infer<typeof Disturbance>;

/** What the model does in one conversation, answer by answer. */
export const Script = z.strictObject({
  name: z.string().min(1).optional(),
  when: When.default({}),
  /** Only the first conversation that it fits plays it. */
  once: z.boolean().default(false),
  /** Folder that paths of files are relative to; where none is given, what the agent says that it works in. */
  cwd: z.string().startsWith('/').optional(),
  steps: z.array(Step).min(1),
});
export type Script = z.infer<typeof Script>;

/** A scenario file: the scripts by which a model twin answers, and what goes wrong. */
export const Scenario = z.strictObject({
  name: z.string().min(1).default('scenario'),
  /** Models that are listed. */
  models: z.array(z.string().min(1)).min(1).default(['twin']),
  /** The first script that fits a conversation is played. */
  scripts: z.array(Script).min(1),
  faults: z.array(Disturbance).default([]),
});
export type Scenario = z.infer<typeof Scenario>;
