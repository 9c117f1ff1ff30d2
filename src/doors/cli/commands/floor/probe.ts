import type { FloorClaim, FloorProbe } from '../../../../core/ports/floor.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { facts, type Page, plain } from '../../page.ts';
import { withFactory } from '../../with-factory.ts';

/** `jidoka floor probe`: where commands would run, and what was proved of it. */
export const floorProbe: CommandRecord = {
  path: ['floor', 'probe'],
  summary: 'tell how far commands are confined, with proof; 1 where they are not',
  arguments: [],
  options: [jsonOption],
  examples: ['floor probe', '--floor container floor probe --json'],
  run: async (call) => {
    const probe = await withFactory(call, (factory) => factory.floor.probe());
    const confined = isConfined(probe);
    return { exitCode: confined ? 0 : 1, document: { ...probe, confined }, text: (page) => probeText(probe, page) };
  },
};

/** T0 is no wall at all. */
function isConfined({ tier }: FloorProbe): boolean {
  return tier !== 'T0';
}

function probeText(probe: FloorProbe, page: Page): string {
  const { kind, tier, wall, limits, layers, user, host, platform, image, region, node, npm, claims, caveats } = probe;
  const { paint } = page;
  const confined = isConfined(probe);
  const rows = facts(
    [
      ['wall', plain(wall)],
      ['limits', plain(limits)],
      ['layers', plain(layers)],
      ['user', plain(user)],
      ['host', `${plain(host)}, ${plain(platform)}`],
      ['node, npm', `${plain(node)}, ${plain(npm)}`],
      ['image', image === null ? null : plain(image)],
      ['region', region === null ? null : plain(region)],
    ],
    page,
  );
  return [
    `${confined ? paint.green('✓') : paint.red('✗')} ${paint.bold(`floor ${kind}, tier ${tier}`)}: commands ${confined ? 'run confined' : 'are not confined'}`,
    ...rows,
    ...claimLines(claims, page),
    ...caveats.map((caveat) => `  ${paint.yellow('!')} ${plain(caveat)}`),
  ].join('\n');
}

function claimLines(claims: readonly FloorClaim[], { paint }: Page): string[] {
  const width = Math.max(0, ...claims.map(({ claim }) => claim.length));
  const marks = { proved: paint.green('✓'), refuted: paint.red('✗'), unsupported: paint.yellow('-') };
  return claims.map(
    ({ claim, state, proof }) => `  ${marks[state]} ${claim.padEnd(width)}  ${paint.dim(state.padEnd(11))}  ${plain(proof)}`,
  );
}
