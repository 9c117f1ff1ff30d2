import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';

/** Takes calls down in each of these; null where there are none. */
export function allRecorders(recorders: readonly (CallRecorder | null)[]): CallRecorder | null {
  const all = recorders.filter((recorder) => recorder !== null);
  if (all.length < 2) return all[0] ?? null;
  return {
    take(call) {
      for (const recorder of all) recorder.take(call);
    },
    note(call) {
      for (const recorder of all) recorder.note(call);
    },
    dropped: () => all.reduce((sum, recorder) => sum + recorder.dropped(), 0),
    async close() {
      await Promise.all(all.map((recorder) => recorder.close()));
    },
  };
}
