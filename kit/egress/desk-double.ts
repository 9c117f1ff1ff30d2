import type { ToolDesk } from '../../src/core/ports/stations/report-desk.ts';

/** A report desk that answers each message with what it heard and from whom. */
export interface DeskDouble extends ToolDesk {
  heard(): readonly { readonly job: string; readonly message: unknown }[];
  reset(): void;
}

/** Makes one; a message without an id has no answer. */
export function deskDouble(): DeskDouble {
  const heard: { job: string; message: unknown }[] = [];
  return {
    heard: () => heard,
    reset: () => void heard.splice(0),
    async answer(job, message) {
      heard.push({ job, message });
      const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : null;
      return id === null ? null : { jsonrpc: '2.0', id, result: { job } };
    },
  };
}
