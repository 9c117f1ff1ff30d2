import { isJidokaError } from '../../../core/base/error.ts';
import type { Finding } from '../../../core/ports/factory.ts';
import { type Call, type CommandRecord, jsonOption } from '../command.ts';
import { type Page, plain } from '../page.ts';
import { withFactory } from '../with-factory.ts';

/** `jidoka doctor`: what the factory needs, what it found, and what to do about the difference. */
export const doctor: CommandRecord = {
  path: ['doctor'],
  summary: 'look whether this machine has what the factory needs',
  arguments: [],
  options: [jsonOption],
  examples: ['doctor'],
  run: async (call) => {
    const findings = await findingsOf(call);
    const ok = findings.every((finding) => finding.ok || finding.group === 'optional');
    return { exitCode: ok ? 0 : 1, document: { ok, findings }, text: (page) => findingsText(findings, page) };
  },
};

/** A factory that does not open is a finding too: a doctor who faints helps nobody. */
async function findingsOf(call: Call): Promise<readonly Finding[]> {
  try {
    return await withFactory(call, (factory) => factory.doctor());
  } catch (error) {
    if (!isJidokaError(error) || error.code === 'interrupted') throw error;
    return [{ group: 'required', name: 'factory', ok: false, found: error.message, mend: error.mend }];
  }
}

function findingsText(findings: readonly Finding[], page: Page): string {
  const groups = [
    { title: 'Required', members: findings.filter(({ group }) => group === 'required') },
    { title: 'Optional', members: findings.filter(({ group }) => group === 'optional') },
  ];
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  return groups
    .filter(({ members }) => members.length > 0)
    .map(({ title, members }) => [page.paint.bold(title), ...members.flatMap((member) => findingLines(member, width, page))].join('\n'))
    .join('\n\n');
}

function findingLines({ ok, group, name, found, mend }: Finding, width: number, { paint }: Page): string[] {
  const bad = group === 'required' ? paint.red('✗') : paint.yellow('!');
  const line = `  ${ok ? paint.green('✓') : bad} ${name.padEnd(width)}  ${plain(found)}`;
  const next = ok ? [] : mend.split('\n').map((step, at) => `${at === 0 ? paint.dim('next:') : '     '} ${plain(step)}`);
  return [line, ...next.map((step) => `    ${' '.repeat(width)}  ${step}`)];
}
