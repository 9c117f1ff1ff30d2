import { sendCanaries, sweepCanaries } from './canaries.ts';
import type { Shown } from './canaries.ts';
import { cgroupsIn } from './cgroup-limiter.ts';
import { diskCanary } from './disk-canary.ts';
import type { Limiter, LimiterOptions } from './limiter.ts';
import { findNests } from './nest.ts';
import type { Nest } from './nest.ts';
import { recordsFolder, recordsIn } from './records.ts';
import { proveRlimits, rlimits } from './rlimits.ts';

/**
 * Finds how limits are held on this machine: by cgroups of version 2, of version 1, or by limits of each process. A way
 * is taken when canaries that wanted too much memory and too many processes were stopped by it.
 *
 * @example
 * const limiter = await findLimiter({ root: '/home/ada/.jidoka/work', user: null, path: '/usr/bin:/bin' });
 * const group = await limiter.group('a1b2', { memoryBytes: 2 ** 31, cpus: 1.5, processes: 512, diskBytes: 2 ** 33 });
 * const argv = group.enclose(['npm', 'test']);
 */
export async function findLimiter(options: LimiterOptions): Promise<Limiter> {
  const disk = await diskCanary(recordsFolder(options.root));
  const { nests, lacking } = await findNests(options.root);
  const refused = [...lacking];
  for (const nest of nests) {
    const outcome = await proveNest(nest, options);
    if (typeof outcome !== 'string') return { ...outcome, claims: [...outcome.claims, disk] };
    refused.push(`cgroup v${nest.version} below ${nest.where}: ${outcome}`);
  }
  const limiter = await rlimits(options);
  return { ...limiter, claims: [...(await proveRlimits(limiter, options, refused)), disk] };
}

/** Groups in a nest with what they hold, or why they hold too little. */
async function proveNest(nest: Nest, options: LimiterOptions): Promise<Limiter | string> {
  const closed = await nest.open().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (closed !== null) return closed;
  const records = recordsIn(recordsFolder(options.root));
  const cgroups = cgroupsIn(nest, records);
  await sweepCanaries(cgroups, await records.jobs());
  const shown = await sendCanaries(cgroups, options);
  const failed = shown.filter(({ claim, state }) => claim !== 'limits.cpu' && state !== 'proved');
  if (failed.length > 0) return failed.map(({ proof }) => proof).join(', ');
  return { method: `cgroup-v${nest.version}`, claims: withPlace(shown, nest, options), ...cgroups };
}

function withPlace(shown: Shown, { version, where }: Nest, { user }: LimiterOptions): Shown {
  // Who may write the files of a cgroup may also leave it.
  const leaves = user === null ? '; commands run as the factory does, and only a wall keeps them from moving elsewhere' : '';
  return shown.map(({ proof, ...rest }) => ({ ...rest, proof: `${proof} (cgroup v${version} below ${where}${leaves})` }));
}
