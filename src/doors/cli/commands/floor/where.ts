import type { Whereabouts } from '../../../../core/ports/factory.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { type Column, table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';

/** `jidoka where`: on what every stage of a run ran, or would run now. */
export const where: CommandRecord = {
  path: ['where'],
  summary: 'tell where the stages of a run ran, or would run now',
  arguments: [{ syntax: '[run]', description: 'id of the run, as `jidoka runs` lists it' }],
  options: [jsonOption],
  examples: ['where', 'where deps-ms-2.1.3-1f0c9a2b'],
  run: async (call) => {
    const [run = null] = call.arguments;
    const stages = await withFactory(call, (factory) => factory.where(run));
    return {
      exitCode: 0,
      document: { stages },
      text: (page) => (stages.length === 0 ? `No stage of ${run ?? 'any run'} has begun.` : whereText(stages, page)),
    };
  },
};

/** What differs within one factory comes first; a column that says nothing of any stage is left out. */
function whereText(stages: readonly Whereabouts[], page: Page): string {
  const columns: readonly StageColumn[] = [
    { title: 'RUN', cell: ({ run }) => run, leave: stages.every(({ run }) => run === stages[0]?.run) },
    { title: 'STAGE', cell: ({ stage, attempt }) => (attempt === 1 ? stage : `${stage} (${attempt})`) },
    { title: 'HOST', flexible: true, cell: ({ where: { host } }) => host },
    { title: 'FLOOR', cell: ({ where: { floor, tier } }) => `${floor} ${tier}` },
    { title: 'WALL', cell: ({ where: { wall = '' } }) => wall },
    { title: 'ON', flexible: true, cell: groundOf },
    { title: 'HARNESS', flexible: true, cell: harnessOf },
    { title: 'REGION', cell: ({ where: { region } }) => region ?? '' },
    { title: 'WHEN', cell: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  ];
  const shown = columns.filter(({ cell, leave = false }) => !leave && stages.some((stage) => cell(stage) !== ''));
  const rows = stages.map((stage) => shown.map(({ cell }) => plain(cell(stage))));
  return table(shown, rows, page);
}

interface StageColumn extends Column {
  cell(stage: Whereabouts): string;
  readonly leave?: boolean;
}

function groundOf({ base, where: { image } }: Whereabouts): string {
  const said = [
    ...(base === null ? [] : [`base ${short(base)}`]),
    ...(image === null || image === undefined ? [] : [`image ${short(image)}`]),
  ];
  return said.join(', ');
}

function harnessOf({ where: { harness, model } }: Whereabouts): string {
  if (harness === null || harness === undefined) return '';
  const named = harness.version === '' ? harness.name : `${harness.name} ${harness.version}`;
  return model === null || model === undefined ? named : `${named}, ${model}`;
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
