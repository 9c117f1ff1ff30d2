import { z } from 'zod';
import { isJidokaError } from '../../core/base/error.ts';
import { toJson, type Json } from '../../core/base/json.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Attachment, Forge, Publication, Published } from '../../core/ports/forge.ts';
import { once, type EffectMeans } from '../effects/index.ts';

/** A commit that is to be in the target under a name of its own. */
export interface Wanted {
  readonly repository: RepositorySnapshot;
  readonly result: Publication | Attachment;
  /** Names all that the commit is made of. */
  readonly digest: string;
}

type Writer = Pick<Forge, 'publish' | 'attach' | 'locate'>;

/** Writes a branch or a record to the target, once. */
export async function writeOnce(forge: Writer, { repository, result, digest }: Wanted, means: EffectMeans): Promise<Published> {
  const kind = 'files' in result ? 'evidence-ref' : 'branch';
  const effect = {
    key: `delivery/${kind}`,
    kind,
    target: repository.location,
    digest,
    perform: async () => toJson('files' in result ? await forge.attach(repository, result) : await forge.publish(repository, result)),
    lookup: () => locate(forge, repository, result),
  } as const;
  return Written.parse(await once(effect, means));
}

const Written = z.strictObject({ location: z.string(), ref: z.string(), commit: z.string(), held: z.string().nullable() });

/** A target that cannot be asked has it for all we know: the forge looks again when it writes, and keeps what cannot be written. */
async function locate(forge: Writer, repository: RepositorySnapshot, result: Publication | Attachment): Promise<Json | null> {
  try {
    return toJson(await forge.locate(repository, result));
  } catch (error) {
    if (isJidokaError(error) && error.code === 'git-failed') return null;
    throw error;
  }
}
