import { blobPath } from './blob-files.ts';
import type { EvidenceBundle } from './bundle.ts';
import { countedCalls, type ModelUse } from './model-use.ts';

/**
 * Renders a bundle as Markdown that a person can read without jidoka. Pure: the same bundle gives the same text.
 */
export function renderReport(bundle: EvidenceBundle): string {
  const sections = [
    header(bundle),
    ...findings(bundle),
    task(bundle),
    reproduction(bundle),
    plan(bundle),
    diff(bundle),
    validation(bundle),
    outcome(bundle),
    ...decisions(bundle),
    ...models(bundle),
    risk(bundle),
    places(bundle),
    proof(bundle),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function header({ summary, run, line, seedKey, version }: EvidenceBundle): string[] {
  return [
    `# ${summary.verdict}: ${inline(summary.title)}`,
    '',
    `**${summary.reason.code}**: ${inline(summary.reason.message)}`,
    '',
    ...table([
      ['Run', `\`${run}\``],
      ['Line', `${line.name} (sha256 ${line.digest.slice(0, 12)})`],
      ['Seed', `\`${seedKey}\``],
      ['Repository', `\`${summary.repository}\``],
      ['Base commit', `\`${summary.baseCommit}\``],
      ['Started, decided', `${summary.startedAt}, ${summary.decidedAt}`],
      ['Factory', `jidoka ${version}`],
    ]),
  ];
}

/** A review leads with what it found. */
function findings({ findings: found }: EvidenceBundle): string[][] {
  if (found === undefined) return [];
  const of = (weight: string): string[][] => found.filter((finding) => finding.weight === weight).map(findingRow);
  const [blocks, notes] = [of('blocks'), of('note')];
  const shown = (rows: string[][]): string[] => table(rows.slice(0, mostShown), ['where', 'check', 'what']);
  const more = (rows: string[][]): string[] =>
    rows.length > mostShown ? ['', `And ${rows.length - mostShown} more, in bundle.json.`] : [];
  const part = (title: string, rows: string[][]): string[] =>
    rows.length === 0 ? [] : ['', `### ${title} (${rows.length})`, '', ...shown(rows), ...more(rows)];
  const none = found.length === 0 ? ['', 'None.'] : [];
  return [['## Findings', ...none, ...part('Stands in the way', blocks), ...part('To know', notes)]];
}

/** A report is for a person: more of one kind is told by its number. */
const mostShown = 100;

function findingRow({ check, rule, file, line, message }: NonNullable<EvidenceBundle['findings']>[number]): string[] {
  return [file === '' ? 'the whole' : code(line === 0 ? file : `${file}:${line}`), `${check} / ${rule}`, inline(message)];
}

function task({ originalTask: packet }: EvidenceBundle): string[] {
  return [
    '## 1. Original task',
    '',
    inline(packet.intent),
    '',
    ...list('May touch', packet.scope.paths.map(code)),
    ...list('May not touch', packet.scope.protectedPaths.map(code)),
    ...list('Not a goal', packet.nonGoals.map(inline)),
  ];
}

function reproduction({ reproduction: part }: EvidenceBundle): string[] {
  const seen = part.observations.map(
    ({ stage, what, summary, logs }) => `- **${stage} / ${inline(what)}**: ${inline(summary)}${links(logs)}`,
  );
  return [
    '## 2. Before the change',
    '',
    inline(part.statement),
    '',
    ...(seen.length === 0 ? ['Nothing was observed: the run ended before any workspace was made.'] : seen),
  ];
}

function plan({ plan: part }: EvidenceBundle): string[] {
  const steps = part.steps.map(({ stage, step }, index) => `${index + 1}. ${stage}: ${inline(step)}`);
  const claims = part.claims.map((claim) => `- ${claim.station} says *${claim.says}* (${claim.code}): ${inline(claim.summary)}`);
  return [
    '## 3. Plan',
    '',
    ...(steps.length === 0 ? ['No step was planned.'] : steps),
    ...(claims.length === 0 ? [] : ['', 'Claims of stations; no verdict rests on them:', '', ...claims]),
  ];
}

function diff({ diff: part }: EvidenceBundle): string[] {
  if (part === null) return ['## 4. Change', '', 'No change.'];
  const files = part.files.map((file) => `- \`${file.path}\` ${file.status}, +${file.added} -${file.removed}`);
  return [
    '## 4. Change',
    '',
    ...files,
    '',
    `The whole patch: [${blobPath(part.patch)}](${blobPath(part.patch)}), sha256 \`${part.patch.sha256}\`.`,
  ];
}

function validation({ validation: facts }: EvidenceBundle): string[] {
  if (facts.length === 0) return ['## 5. Validation', '', 'No check was made.'];
  const rows = facts.map(({ fact, demand }) => [
    sign(fact.outcome),
    fact.check,
    demand ?? '',
    `${inline(fact.summary)}${links(fact.logs)}`,
  ]);
  return [
    '## 5. Validation',
    '',
    'What the factory itself observed.',
    '',
    ...table(rows, ['', 'check', 'demand', 'observed']),
    ...facts.flatMap(({ fact }) => details(fact)),
  ];
}

/** What people decided and what was done again; left out where neither happened. */
function decisions({ decisions: taken = [], reworks = [] }: EvidenceBundle): string[][] {
  const answers = taken.map(
    ({ stage, question, choice, by, role, at, note }) =>
      `- **${stage}** asked: ${inline(question)} **${choice}**${by === '' ? '' : ` by ${inline(by)} (${role})`} at ${at}${note === '' ? '' : `: ${inline(note)}`}`,
  );
  const back = reworks.map(({ from, to, objection }) => `- ${from} sent the work back to ${to}: ${inline(objection)}`);
  return answers.length + back.length === 0 ? [] : [['## People and rework', '', ...answers, ...back]];
}

/** What stations took of models; left out where none tells. */
function models({ models: uses = [] }: EvidenceBundle): string[][] {
  const rows = uses.map(({ stage, station, usage }) => {
    const { model, input, cacheRead, cacheWrite, output, costUsd } = usage;
    const counts = [input, cacheRead, cacheWrite, output].map(String);
    return [stage, station, model ?? '', ...counts, costUsd === null ? 'not told' : String(costUsd)];
  });
  const head = ['stage', 'station', 'model', 'tokens in', 'out of a cache', 'into a cache', 'out', 'USD'];
  return rows.length === 0 ? [] : [['## Models', '', countedBy(uses), '', ...table(rows, head)]];
}

/** Who counted, and how much of that is a guess. */
function countedBy(uses: readonly ModelUse[]): string {
  if (uses.every(({ counted }) => counted === undefined)) return 'As the harness or the provider counts it.';
  const { calls, guessed } = countedCalls(uses);
  const guess = `Tokens of ${guessed} of ${calls === 1 ? '1 call' : `${calls} calls`} are a guess: nobody told of them, or not of all.`;
  return `As the model gateway of the factory counted it.${guessed === 0 ? '' : ` ${guess}`}`;
}

/** Lists inside a fact's data, so that a reader sees every id and package without opening JSON. */
function details(fact: EvidenceBundle['validation'][number]['fact']): string[] {
  const lists = Object.entries(fact.data).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 ? [[name, value] as const] : [],
  );
  return lists.flatMap(([name, items]) => [
    '',
    `<details><summary>${fact.check}: ${name} (${items.length})</summary>`,
    '',
    ...items.map((item) => `- ${code(itemText(item))}`),
    '',
    '</details>',
  ]);
}

function itemText(item: unknown): string {
  if (typeof item === 'string') return item;
  if (typeof item !== 'object' || item === null) return String(item);
  return Object.entries(item)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function outcome({ outcomeReason: part }: EvidenceBundle): string[] {
  return [
    `## 6. Why ${part.verdict}`,
    '',
    `${inline(part.message)}`,
    '',
    `This verdict demands ${part.obligation}. It rests on: ${part.restsOn.length === 0 ? 'no single check' : part.restsOn.join(', ')}.`,
  ];
}

function risk({ residualRisk }: EvidenceBundle): string[] {
  return ['## 7. Residual risk', '', ...(residualRisk.length === 0 ? ['None is known.'] : residualRisk.map((item) => `- ${inline(item)}`))];
}

function places({ stages }: EvidenceBundle): string[] {
  const rows = stages.flatMap(({ stage, outcome: ended, durationMs, where }) =>
    where.map((place) => [
      stage,
      ended,
      `${(durationMs / 1000).toFixed(1)} s`,
      `${place.host}, ${place.floor} ${place.tier}, as ${place.user}`,
      `node ${place.node}, npm ${place.npm}`,
    ]),
  );
  return ['## 8. Where every stage ran', '', ...table(rows, ['stage', 'ended', 'took', 'place', 'tools'])];
}

function proof({ ledger, run }: EvidenceBundle): string[] {
  return [
    '## How to check this',
    '',
    `\`jidoka evidence verify .\` in this folder walks ${ledger.events} events of \`ledger.jsonl\` (head \`${ledger.head}\`), derives this bundle and its verdict again, and compares every file.`,
    `By hand: \`sha256sum logs/*\` gives each log's name; \`git log refs/jidoka/evidence/${run}\` shows where the record was anchored.`,
  ];
}

function sign(outcomeOfFact: string): string {
  return { holds: '✓', broken: '✗', unknown: '?' }[outcomeOfFact] ?? '?';
}

function table(rows: readonly (readonly string[])[], head?: readonly string[]): string[] {
  const width = rows[0]?.length ?? 0;
  const titles = head ?? Array.from({ length: width }, () => '');
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`- ${title}: ${items.join(', ')}`];
}

function links(
  logs: readonly { readonly sha256: string; readonly label: string; readonly mediaType: string; readonly bytes: number }[],
): string {
  return logs.map((log) => ` [${inline(log.label)}](${blobPath(log)})`).join('');
}

function code(text: string): string {
  return `\`${inline(text).replaceAll('`', "'")}\``;
}

/** Puts foreign text on one line and takes away what Markdown would read as structure or HTML. */
function inline(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\u0000-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g, '');
}
