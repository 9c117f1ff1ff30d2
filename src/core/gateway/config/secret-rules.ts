import type { Complaint } from '../../base/complaint.ts';
import { redact } from '../../base/redact.ts';

/** Whatever looks like a key, wherever it stands among the settings: it would end in messages, records and backups. */
export function secretComplaints(value: unknown, path: readonly PropertyKey[] = []): readonly Complaint[] {
  if (typeof value === 'string') {
    if (redact(value) === value) return [];
    const mend = 'Take it out, make a new one, as this one was written down, and name its place: "key: env:NAME" or "key: file:PATH".';
    return [{ path, at: 'value', message: 'This looks like a key itself.', mend }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => secretComplaints(member, [...path, Array.isArray(value) ? Number(key) : key]));
}
