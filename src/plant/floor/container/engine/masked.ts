import type Dockerode from 'dockerode';
import type { Engine } from './engine.ts';

/** Entries of `/sys`: what hardware the host has, and what its kernel does. Its cgroups stay: a container sees its own there. */
const fileSystems = 'bpf btrfs ecryptfs erofs ext4 f2fs fuse incremental-fs jfs nfs nilfs2 ocfs2 pstore resctrl selinux smackfs';
const ofSys = [
  ...'block bus class dev devices firmware hypervisor kernel module power'.split(' '),
  ...`${fileSystems} tmpfs unicode virtiofs xfs zfs`.split(' ').map((name) => `fs/${name}`),
].map((name) => `/sys/${name}`);

/** What Docker hides of `/proc` where it is told nothing: whoever names paths to it replaces its own list (moby/oci/defaults.go). */
const ofProc = ['acpi', 'asound', 'interrupts', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list', 'timer_stats'].map(
  (name) => `/proc/${name}`,
);

/** Settings of a container in which nothing of the host's hardware and kernel can be read; a path that is not there is no fault. */
export function masking({ kind }: Pick<Engine, 'kind'>, options: readonly string[]): Dockerode.HostConfig {
  if (kind === 'docker') return { SecurityOpt: [...options], MaskedPaths: [...ofProc, ...ofSys] };
  return { SecurityOpt: [...options, `mask=${ofSys.join(':')}`] }; // added to podman's own list
}
