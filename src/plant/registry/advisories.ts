import { z } from 'zod';
import type { KnownAdvisory } from '../../core/ports/advisories.ts';

const Entry = z.object({
  id: z.union([z.string(), z.number()]),
  url: z.string().catch(''),
  title: z.string().catch(''),
  severity: z.string().catch('unknown'),
  vulnerable_versions: z.string(),
});
const Answer = z.record(z.string(), z.array(Entry));

export const bulkPath = '/-/npm/v1/security/advisories/bulk';

/** Reads what the bulk endpoint answered, or null where it is something else. */
export function readAdvisories(document: unknown): readonly KnownAdvisory[] | null {
  const parsed = Answer.safeParse(document);
  if (!parsed.success) return null;
  return Object.entries(parsed.data).flatMap(([name, entries]) =>
    entries.map(({ id, url, title, severity, vulnerable_versions: range }) => {
      const [named = String(id)] = /GHSA(-[0-9a-z]{4}){3}/.exec(url) ?? [];
      return { id: named, name, range, severity, title };
    }),
  );
}
