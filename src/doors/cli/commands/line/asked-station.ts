import { basename, resolve } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { LedgerEvent } from '../../../../core/evidence/event.ts';
import type { RunRequest } from '../../../../core/ports/factory.ts';
import type { World } from '../../world.ts';
import { readBundle } from '../../bundle-files.ts';
import { readWords } from '../../input-files.ts';

/** The station that a command line asks for, with what it plays where it is one that is played. */
type Asked = Pick<RunRequest, 'station' | 'script'>;

/**
 * Reads what `--station` names: `script:FILE` and `replay:FOLDER` are read here, so that whoever works on the run needs no
 * file of this machine; any other name is the factory's to know. Throws `line-invalid`, `evidence-invalid`.
 */
export async function askedStation(text: string, world: Pick<World, 'cwd' | 'loadVerifier'>): Promise<Asked> {
  const [, word, path = ''] = /^(script|replay):(.+)$/s.exec(text) ?? [];
  if (word === 'script') return await scripted(path, world.cwd);
  return word === 'replay' ? await replayed(path, world) : { station: text };
}

/** A script is named for its file. */
async function scripted(path: string, cwd: string): Promise<Asked> {
  const name = basename(path).replace(/\.[^.]*$/, '');
  const station = `script:${name.replaceAll(/[^\w.-]+/g, '-')}`;
  return { station, script: { path, text: await readWords(path, cwd), head: null } };
}

/** Of a replay only an intact record is played: it is a run's, and whose is told with its head. */
async function replayed(path: string, { cwd, loadVerifier }: Pick<World, 'cwd' | 'loadVerifier'>): Promise<Asked> {
  const { verifyBundleAt } = await import('../../verify.ts');
  const { recordingOf } = await import('../../../../core/evidence/recording.ts');
  const place = resolve(cwd, path);
  const verification = await verifyBundleAt(place, {}, await loadVerifier());
  if (verification.kind === 'broken') throw unplayable(path, `it is broken at ${verification.link}: ${verification.message}`);
  const files = await readBundle(place);
  const textOf = (name: string): string => new TextDecoder().decode(files.get(name) ?? new Uint8Array());
  const lines = textOf('ledger.jsonl')
    .split('\n')
    .filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as LedgerEvent); // the verifier read them before
  const byDigest = new Map([...files.keys()].map((name) => [basename(name).replace(/\.[^.]*$/, ''), name]));
  const script = recordingOf(events, verification.head, ({ sha256 }) => textOf(byDigest.get(sha256) ?? ''));
  if (script === null) throw unplayable(path, 'no claim in it tells which form its station was asked for');
  return { station: script.station, script: { path, text: JSON.stringify(script.deeds), head: script.head } };
}

function unplayable(path: string, why: string): JidokaError {
  return new JidokaError('evidence-invalid', `${path} cannot be played back: ${why}.`, {
    mend: 'Give the evidence folder of a run of version 0.3 or later in which stations worked.',
  });
}
