import { z } from 'zod';

/** Limits as a container's label tells them. */
export const Limits = z.object({ memoryBytes: z.number(), cpus: z.number(), processes: z.number(), diskBytes: z.number() });
