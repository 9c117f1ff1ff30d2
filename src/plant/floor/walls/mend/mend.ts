import type { MachineState } from './machine.ts';

/** What is missing for each wall: programs that are not on PATH. */
export interface Missing {
  readonly bubblewrap: boolean;
  readonly namespaces: readonly string[];
}

/**
 * What makes a good wall possible on this machine: the one command that does it here first, then other ways, and last how
 * to do without.
 *
 * @example
 * mendOf(machine, { bubblewrap: true, namespaces: [] }); // 'Run `sudo apt-get install -y bubblewrap`. …'
 */
export function mendOf(machine: MachineState, missing: Missing): string {
  return [...firstOf(machine, missing), ...otherwise(machine, missing), withoutWalls].join(' ');
}

/** How to do without a wall; the end of every mend. */
export const withoutWalls =
  'To run without walls at your own risk, with full access to your files and network: `--floor host`; such runs are marked, and can ' +
  'never merge by themselves.';

/** What is in the way, each with its command; where nothing is known to be, what to look at. */
function firstOf(machine: MachineState, missing: Missing): readonly string[] {
  const { most, clone, apparmor, container } = machine;
  const steps = [
    ...(missing.bubblewrap ? [installOf(machine)] : []),
    ...(most === 0 ? ['sysctl -w user.max_user_namespaces=15000'] : []),
    ...(clone ? [] : ['sysctl -w kernel.unprivileged_userns_clone=1']),
    ...(apparmor ? profileOf(machine) : []),
  ].map((step) => (machine.root || step.startsWith('nix-env') ? step : `sudo ${step}`));
  const reasons = [
    ...(missing.bubblewrap ? ['bubblewrap is missing'] : []),
    ...(most === 0 ? ['user namespaces are switched off'] : []),
    ...(clone ? [] : ['user namespaces are for root only']),
    ...(apparmor ? ['AppArmor takes the rights of user namespaces'] : []),
  ];
  const inside = container === 'no' ? [] : [containerMend(container)];
  if (steps.length > 0) return [`Run \`${steps.join(' && ')}\`: ${listed(reasons)}.`, ...inside];
  if (inside.length > 0) return inside;
  return ['Look at why each wall failed; commands must not run as root, and user namespaces must be allowed.'];
}

const installers: readonly (readonly [distribution: string, command: string])[] = [
  ['debian', 'apt-get install -y bubblewrap'],
  ['ubuntu', 'apt-get install -y bubblewrap'],
  ['fedora', 'dnf install -y bubblewrap'],
  ['rhel', 'dnf install -y bubblewrap'],
  ['arch', 'pacman -S --noconfirm bubblewrap'],
  ['alpine', 'apk add bubblewrap'],
  ['suse', 'zypper install -y bubblewrap'],
  ['opensuse', 'zypper install -y bubblewrap'],
  ['nixos', 'nix-env -iA nixos.bubblewrap'],
];

function installOf({ distributions }: MachineState): string {
  const known = distributions.map((one) => installers.find(([name]) => name === one)).find((one) => one !== undefined);
  return known?.[1] ?? 'apt-get install -y bubblewrap';
}

/** Lets bubblewrap alone have namespaces; what does that comes with Ubuntu. */
function profileOf({ root }: MachineState): readonly string[] {
  const sudo = root ? '' : 'sudo ';
  return [
    'apt-get install -y apparmor-profiles',
    `ln -sf /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && ${sudo}apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict`,
  ];
}

function containerMend(container: 'yes' | 'confined by AppArmor'): string {
  const options = ['seccomp=unconfined', 'systempaths=unconfined', ...(container === 'yes' ? [] : ['apparmor=unconfined'])];
  return (
    `This is a container: start it with \`${options.map((option) => `--security-opt ${option}`).join(' ')}\`; without the first it may ` +
    'not make namespaces, without the second not mount /proc in them.'
  );
}

function otherwise({ apparmor, distributions, engines, root }: MachineState, { bubblewrap, namespaces }: Missing): readonly string[] {
  const known = distributions.some((one) => installers.some(([name]) => name === one));
  const sudo = root ? '' : 'sudo ';
  return [
    ...(bubblewrap && !known
      ? [
          'Where that is not how this system installs: `dnf install bubblewrap`, `pacman -S bubblewrap`, `apk add bubblewrap`, `brew install bubblewrap`.',
        ]
      : []),
    ...(apparmor ? [`Or let every program have them: \`${sudo}sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\`.`] : []),
    ...(namespaces.length > 0
      ? [`Or install what the other wall needs: ${namespaces.join(', ')} (util-linux 2.36 or newer, iproute2).`]
      : []),
    ...(engines.length > 0 ? [`Or let commands run in containers, for ${listed(engines)} answers here: \`--floor container\`.`] : []),
  ];
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
