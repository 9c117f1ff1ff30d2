import { z } from 'zod';

/** Revisions that are spoken, newest first. Of what they differ in, only batches concern one tool without streams. */
const versions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

const Hello = z.object({ protocolVersion: z.enum(versions) });

/** Arguments of `tools/call`. */
export const ToolCall = z.object({ name: z.string(), arguments: z.unknown().optional() });

/** The revision that a client asks for; the newest where that is another, and it is the client's to go on or not. */
export function versionFor(params: unknown): string {
  const parsed = Hello.safeParse(params);
  return parsed.success ? parsed.data.protocolVersion : versions[0];
}
