import { resolve } from 'node:path';
import type { Verification } from '../../../core/evidence/verify.ts';
import { type CommandRecord, jsonOption } from '../command.ts';
import { facts, type Page, plain } from '../page.ts';

/** `jidoka evidence verify`: checks a bundle with nothing but its files. No database, no network, no factory. */
export const evidenceVerify: CommandRecord = {
  path: ['evidence', 'verify'],
  summary: 'check evidence offline and name the first broken link',
  arguments: [{ syntax: '<path>', description: 'folder of the evidence, its bundle.json, or a .tgz of it' }],
  options: [
    { flags: '--head <hash>', description: 'head that the chain must end in, as the run, its commit or its ref names it' },
    jsonOption,
  ],
  examples: ['evidence verify ./evidence', 'evidence verify evidence.tgz --head 5f0c… --json'],
  run: async (call) => {
    // Loaded late, like the verifier itself: help needs neither.
    const { verifyBundleAt } = await import('../verify.ts');
    const head = call.text('head');
    const path = resolve(call.world.cwd, call.arguments[0] ?? '');
    const verification = await verifyBundleAt(path, head === null ? {} : { head }, await call.world.loadVerifier());
    return {
      exitCode: verification.kind === 'intact' ? 0 : 1,
      document: verification,
      text: (page) => verificationText(verification, head !== null, page),
    };
  },
};

function verificationText(verification: Verification, anchored: boolean, page: Page): string {
  const { paint } = page;
  if (verification.kind === 'broken') {
    return `${paint.red('✗ broken')} at ${paint.bold(plain(verification.link))}\n  ${plain(verification.message)}`;
  }
  const { run, verdict, events, files, head } = verification;
  const anchor = anchored ? 'the head given' : 'none given: the bundle agrees with itself; --head holds it against the ledger or the ref';
  const rows = facts(
    [
      ['run', plain(run)],
      ['verdict', verdict],
      ['events', String(events)],
      ['files', String(files)],
      ['head', head],
      ['anchor', anchor],
    ],
    page,
  );
  return [paint.green('✓ intact'), ...rows].join('\n');
}
