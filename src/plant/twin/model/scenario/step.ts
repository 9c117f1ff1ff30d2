import { z } from 'zod';
import { Fault } from './fault.ts';

const File = z.string().min(1);

/** What the model wants done, in no agent's words. */
const actions = {
  read: File.optional(),
  write: z.strictObject({ file: File, text: z.string() }).optional(),
  edit: z.strictObject({ file: File, old: z.string().min(1), new: z.string() }).optional(),
  /** A command for a shell. */
  run: z.string().min(1).optional(),
  /** Arguments for the report tool of the factory. */
  report: z.record(z.string(), z.json()).optional(),
  /** Any other tool, by the end of its name. */
  call: z.strictObject({ tool: z.string().min(1), with: z.record(z.string(), z.json()).default({}) }).optional(),
};
type Actions = keyof typeof actions;
const actionNames = Object.keys(actions) as readonly Actions[];

const Action = z.strictObject(actions).refine((action) => namesIn(action).length === 1, `give one of ${actionNames.join(', ')}`);
export type Action = z.infer<typeof Action>;

/** One answer of the model. */
export const Step = z
  .strictObject({
    ...actions,
    say: z.string().optional(),
    think: z.string().optional(),
    /** The answer is this value: as JSON, or as arguments of the tool that the request insists on. */
    json: z.json().optional(),
    /** Several calls in one answer. */
    together: z.array(Action).min(1).max(20).optional(),
    /** How many answers in a row are like this. */
    times: z.union([z.number().int().min(1), z.literal('forever')]).default(1),
    /** The arguments of the calls are sent as text that is no JSON. */
    garble: z.boolean().default(false),
    /** Why the answer ends, where it is not for the usual reason. */
    stop: z.enum(['length', 'refusal']).optional(),
    /** How long the answer lets wait, in milliseconds. */
    waitMs: z.number().int().min(0).max(600_000).default(0),
    /** Goes wrong the first time that this step is to be answered. */
    fault: Fault.optional(),
    /** Tokens, where they are not to be counted. */
    usage: z
      .strictObject({
        input: z.number().int().min(0).optional(),
        cacheRead: z.number().int().min(0).optional(),
        cacheWrite: z.number().int().min(0).optional(),
        output: z.number().int().min(0).optional(),
        reasoning: z.number().int().min(0).optional(),
      })
      .default({}),
  })
  .refine((step) => namesIn(step).length <= (step.together === undefined ? 1 : 0), 'several actions of one answer go into `together`')
  .refine((step) => says(step) || namesIn(step).length > 0 || step.together !== undefined, 'a step says or does something');
export type Step = z.infer<typeof Step>;

/** The actions of a step, one after another. */
export function actionsOf(step: Step): readonly Action[] {
  const own = actionNames.filter((name) => step[name] !== undefined).map((name): Action => ({ [name]: step[name] }));
  return [...own, ...(step.together ?? [])];
}

function namesIn(step: Partial<Readonly<Record<Actions, unknown>>>): readonly Actions[] {
  return actionNames.filter((name) => step[name] !== undefined);
}

function says({ say, think, json }: { readonly say?: unknown; readonly think?: unknown; readonly json?: unknown }): boolean {
  return [say, think, json].some((words) => words !== undefined);
}
