import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RecordingWorld } from '../../kit/factory/index.ts';
import { verifyEvidence } from '../../src/core/evidence/verify.ts';
import { cli } from '../../src/doors/cli/index.ts';

// Evidence as released versions handed it out, byte by byte: it stands in people's repositories and must verify for ever.
const here = new URL('./', import.meta.url);

const kept = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tgz'));

it.each(kept)('%s, sealed by its version, verifies today', async (path) => {
  const world = new RecordingWorld({ cwd: '/', verify: verifyEvidence });
  const code = await cli(['evidence', 'verify', fileURLToPath(new URL(path, here))], world);
  expect(world.stderr.text + world.stdout.text).toContain('✓ intact');
  expect(code).toBe(0);
});

it('is there of the first release', () => {
  expect(kept.filter((path) => path.startsWith('0.1.0')).length).toBeGreaterThan(1);
});
