import type { z } from 'zod';

/** What a file of somebody else's says, as far as it has the shape; null where it has not. */
export function jsonIn<T>(text: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    // Another version of the agent, or a file that is being written: there is no login to be had of it.
    return null;
  }
}
