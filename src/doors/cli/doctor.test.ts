import { describe, expect, it } from 'vitest';
import { commandStages, RecordingWorld } from '../../../kit/factory/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { Finding } from '../../core/ports/factory.ts';
import { cli } from './cli.ts';

const here = commandStages(cli);
const { stage } = here;

describe('doctor', () => {
  const git: Finding = { group: 'required', name: 'git', ok: true, found: '2.39', mend: '' };
  const docker: Finding = { group: 'optional', name: 'container', ok: false, found: 'none', mend: 'Install one.' };
  const npm: Finding = { group: 'required', name: 'npm', ok: false, found: 'none', mend: 'Install npm 10.' };

  it('is content where only something optional is missing', async () => {
    const { run, world } = stage([], { findings: [git, docker] });
    expect(await run('doctor')).toBe(0);
    expect(world.stdout.text).toMatch(/Required\n {2}✓ git +2\.39\n\nOptional\n {2}! container +none\n +next: Install one\./);
  });

  it('ends with 1 where something required is missing', async () => {
    const { run, world } = stage([], { findings: [git, npm] });
    expect(await run('doctor')).toBe(1);
    expect(world.stdout.text).toContain('✗ npm');
  });

  it('reports a factory that does not open as a finding', async () => {
    const world = new RecordingWorld({ cwd: here.folder });
    Object.assign(world, {
      openFactory: async () => {
        throw new JidokaError('database-unavailable', 'PostgreSQL does not answer.', { mend: 'Start it.' });
      },
    });
    expect(await cli(['doctor'], world)).toBe(1);
    expect(world.stdout.text).toMatch(/✗ factory {2}PostgreSQL does not answer\.\n +next: Start it\./);
  });
});
