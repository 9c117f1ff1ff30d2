import type { Finding } from '../core/ports/factory.ts';
import type { Floor, FloorClaim, FloorProbe, FloorSettings } from '../core/ports/floor.ts';
import { broken, finding } from './finding.ts';

/** Looks at the floor that is used: what it proved claim by claim, how it holds limits, and what to do where it refuses. */
export async function floorFindings(floor: Floor, settings: FloorSettings): Promise<readonly Finding[]> {
  const named = settings.preset ? `${floor.kind}, as preset` : `${floor.kind}, as --floor or JIDOKA_FLOOR says`;
  try {
    const probe = await floor.probe();
    const { tier, wall, user, node, npm, caveats } = probe;
    const place = finding('required', 'floor', true, `${named}: tier ${tier}, wall ${wall}, commands run as ${user}`);
    return [
      place,
      ...probe.claims.map(ofClaim),
      finding('required', 'npm', npm !== '', `npm ${npm} on node ${node}`, 'Install npm 9 or newer.'),
      limits(probe, settings),
      finding('optional', 'floor layers', true, layers[probe.layers] ?? probe.layers),
      ...caveats.map((caveat) => finding('optional', 'floor caveat', true, caveat)),
    ];
  } catch (error) {
    const refused = broken('required', 'floor', error);
    return [{ ...refused, found: `${named}: ${refused.found}` }];
  }
}

/** What a floor must have proved it refuses without; so what is not proved here is told, and stops nobody. */
function ofClaim({ claim, state, proof }: FloorClaim): Finding {
  if (state === 'proved') return finding('required', `floor ${claim}`, true, proof);
  return finding('optional', `floor ${claim}`, false, `${state}: ${proof}`, 'Rely on nothing that needs it, or use a floor that holds it.');
}

function limits({ limits: method }: FloorProbe, settings: FloorSettings): Finding {
  const set = Object.entries(settings.limits).map(([name, value]) => `${name} ${value}`);
  const asked = set.length === 0 ? '' : `; set: ${set.join(', ')}`;
  const mend =
    'Nothing keeps a command from using all of this machine: use --floor container, or a machine whose cgroups the factory may write.';
  return finding('optional', 'floor limits', method !== 'none', `held by ${method}${asked}`, mend);
}

const layers: Readonly<Record<string, string>> = {
  overlay: 'overlay: a workspace takes only the room of what it changes',
  copy: 'copy: each workspace is a copy of its base',
  clone: 'clone: each workspace shares its files with its base until it writes them',
  image: 'image: each workspace is a container over an image',
};
