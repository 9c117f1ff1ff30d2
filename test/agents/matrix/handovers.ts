import { mends, slugFiles } from '../../bug/slugs.ts';
import type { Case, Seen } from './case.ts';
import { changeBy, stepsOf } from './steps.ts';

const protocols = { 'claude-code': 'messages', codex: 'responses', opencode: 'chat', gemini: 'gemini' } as const;
/** Who takes over from whom; each is first once and second once. */
const followers = { 'claude-code': 'codex', codex: 'opencode', opencode: 'gemini', gemini: 'claude-code' } as const;
const why = { login: 'its key is refused', 'silent-stream': 'its model falls silent', server: 'its model is away' } as const;

const agents = ['claude-code', 'codex', 'opencode', 'gemini'] as const;

/** One that cannot go on in the middle of its job, and another that does. */
export const handovers: readonly Case[] = agents.flatMap((agent) =>
  (['login', 'silent-stream', 'server'] as const).map((fault): Case => {
    const next = followers[agent];
    return {
      group: 'handovers',
      name: `${fault}-to-${next}`,
      statement: `${why[fault]} in the middle, and ${next} goes on in the same tree`,
      agents: [agent],
      next: [next],
      limits: { stall: '12s', timeout: '90s' },
      expected: ['PR_READY validated'],
      scenario: changeBy(stepsOf(mends, slugFiles), [{ fault, at: 3, times: 'forever', when: { protocol: protocols[agent] } }]),
      also: (seen) => handedOver(seen, next),
    };
  }),
);

function handedOver({ agent, events }: Seen, next: string): readonly string[] {
  const told = events.flatMap((body) => (body.type === 'station.handed-over' ? [`${body.stage}: ${body.from} -> ${body.to}`] : []));
  return told.join() === `change: ${agent} -> ${next}` ? [] : [`the record tells of these handovers: ${told.join(', ') || 'none'}`];
}
