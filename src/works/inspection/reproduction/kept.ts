import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import type { Sha256 } from '../../../core/base/ids.ts';
import { withoutTests } from '../tamper/index.ts';
import type { TestFile } from './read-tests.ts';

/** A reproduction as the factory keeps it: what the change must make pass, and what its station is shown of it. */
export const KeptReproduction = z.strictObject({
  files: z.array(z.strictObject({ path: z.string(), content: z.string() })).min(1),
  symptom: z.string(),
  shown: z.array(z.strictObject({ id: z.string(), message: z.string() })),
  /** Ids that no station sees before the change is made. */
  heldOut: z.array(z.string()),
  /** Ids that pass before the change. */
  controls: z.array(z.string()),
});
export type KeptReproduction = z.infer<typeof KeptReproduction>;

/** Reads a stored reproduction; throws `evidence-invalid` for anything else. */
export function readReproduction(text: string): KeptReproduction {
  const parsed = KeptReproduction.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new JidokaError('evidence-invalid', 'The stored reproduction of this run cannot be read.', { mend: 'Run again with --again.' });
}

/**
 * Divides failing tests into those that the station of the change is shown and those that are held out: half of them
 * where there are several, the larger half shown; by digest, so that nobody chooses.
 */
export function divided<Test extends { readonly id: string }>(
  failing: readonly Test[],
  sha256: Sha256,
): { readonly shown: readonly Test[]; readonly heldOut: readonly Test[] } {
  const order = [...failing].sort((left, right) => (sha256(left.id) < sha256(right.id) ? -1 : 1));
  const shown = Math.ceil(order.length / 2);
  return { shown: order.slice(0, shown), heldOut: order.slice(shown) };
}

/** The files without the tests that are held out; a file from which one cannot be taken is left out whole. */
export function shownFiles({ files, heldOut }: Pick<KeptReproduction, 'files' | 'heldOut'>, directory = ''): readonly TestFile[] {
  return files.flatMap((file) => {
    const inProject = directory === '' ? file.path : file.path.slice(directory.length + 1);
    const titles = heldOut.flatMap((id) => (id.startsWith(`${inProject} > `) ? [id.slice(inProject.length + 3)] : []));
    // An id that names no file may be of any.
    if (heldOut.some((id) => !files.some(({ path }) => id.startsWith(`${path.slice(directory === '' ? 0 : directory.length + 1)} > `))))
      return [];
    const content = titles.length === 0 ? file.content : withoutTests(file.path, file.content, new Set(titles));
    return content === null ? [] : [{ path: file.path, content }];
  });
}
