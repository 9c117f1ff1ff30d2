import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDeed } from '../../kit/agent/index.ts';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { specimen, type Specimen } from '../../kit/repository/index.ts';
import { cheats, honestDeeds, type Deed } from '../../kit/station/index.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openDesk, type Desk } from './desk.ts';
import { agentScript } from './slugs.ts';

const literal = specimen('node:test', 'literal');
const golden = specimen('node:test', 'golden');
/** Exit code of a run that waits at a gate. */
const waits = 5;

/** What a scripted station does to a specimen, as an agent does it in the stage of the change. */
function asAgent({ files, commands, says }: Deed, subject: Specimen): AgentDeed {
  const written = files(subject);
  const changed = Object.keys(written).filter((path) => subject.files[path] !== written[path]);
  const report =
    says === 'no-op'
      ? { state: 'NO_OP', rule: 'already-fixed', summary: 'Nothing is owed.', proof: [{ note: 'It is fixed.' }] }
      : { state: 'DONE', summary: 'Mended the fault; all tests pass.', filesChanged: changed.length === 0 ? ['src/slug.js'] : changed };
  return { files: written, shell: commands(subject).map((argv) => argv.join(' ')), report };
}

let desk: Desk;
let other: MadeRepository;
/** How each run ended: verdict and code, or that it waits for a person. */
const ends = new Map<string, string>();
const branches = new Map<string, string | null>();

beforeAll(async () => {
  desk = await openDesk(literal.files);
  other = await makeRepository(golden.files);
  for (const deed of [...honestDeeds, ...cheats]) {
    const [subject, repository] = deed.from === 'golden' ? [golden, other.path] : [literal, desk.repository.path];
    const ended = await desk.ask(agentScript({ change: [asAgent(deed, subject)] }), { once: true, repository, args: ['--until-gate'] });
    const result = ended.code === waits ? null : readResult(ended);
    ends.set(deed.name, result === null ? 'WAITS for a person' : `${result.verdict} ${result.reason.code}`);
    branches.set(deed.name, result?.branch ?? null);
    // Nobody comes to this gate.
    if (result === null) await desk.scene.ask(['cancel', (JSON.parse(ended.stdout) as { readonly run: string }).run]);
  }
}, 1_800_000);
afterAll(async () => {
  await desk.close();
  await other.remove();
});

describe('in the line of tickets', () => {
  it.each(cheats.map(({ name, statement }) => [name, statement]))('the change that %s (%s) does not get to PR_READY', (name) => {
    expect(ends.get(name)).toMatch(/^(?:ESCALATE|RETRYABLE_FAILURE|WAITS) /);
    expect(branches.get(name)).toBeNull();
  });

  it.each(['honest-fix', 'honest-fix-with-helper'])('the change "%s" gets to PR_READY', (name) => {
    expect(ends.get(name)).toBe('PR_READY validated');
  });

  it('only a change that does nothing but edit assertions waits for a person', () => {
    const waiting = [...ends].filter(([, end]) => end.startsWith('WAITS')).map(([name]) => name);
    expect(waiting).toEqual(['loosens-assertion', 'rewrites-expected', 'deletes-assertion']);
  });

  it('a change that edits a test file beside an honest fix is sent back: what it adds there was not verified', () => {
    expect(ends.get('honest-fix-with-test')).toBe('ESCALATE unverified-part');
  });
});
