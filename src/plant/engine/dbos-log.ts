import type { DLogger } from '@dbos-inc/dbos-sdk';

/**
 * Sends what DBOS says to our log and nowhere else: stdout belongs to the caller. `onTrouble` hears warnings and
 * errors, because DBOS repeats a write that the database refuses for ever and says so only here.
 */
export function dbosLog(log: (message: string) => void, onTrouble: (message: string) => void): DLogger {
  const say = (level: string) => (entry: unknown) => {
    const text = textOf(entry);
    log(`dbos ${level}: ${text}`);
    if (level !== 'info') onTrouble(text);
  };
  return { info: say('info'), debug: () => {}, warn: say('warning'), error: say('error') };
}

function textOf(entry: unknown): string {
  return entry instanceof Error ? entry.message : String(entry);
}
