import type { Factory } from '../../../core/ports/factory.ts';

/** Names a living worker, which takes up what nobody has in hand; null where there is none. */
export async function heirOf(factory: Factory): Promise<string | null> {
  const { executors } = await factory.operations.status();
  const worker = executors.find(({ role, isLive }) => role === 'worker' && isLive);
  return worker === undefined ? null : `worker ${worker.name} on ${worker.host}`;
}

/** Says who goes on with a run, or what brings somebody to it. */
export function goesOnText(run: string, heir: string | null, self: string): string {
  return heir === null
    ? `No worker is there to go on with it: \`${self} resume ${run}\` does it here, \`${self} up\` starts one.`
    : `It goes on with ${heir}; \`${self} watch ${run}\` follows it.`;
}
