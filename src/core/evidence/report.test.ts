import { expect, it } from 'vitest';
import { sampleBundle } from '../../../kit/evidence/index.ts';
import type { ModelUse } from './model-use.ts';
import { renderReport } from './report.ts';
import type { EvidenceBundle } from './bundle.ts';

const { files } = sampleBundle();
const bundle = JSON.parse(new TextDecoder().decode(files.get('bundle.json'))) as EvidenceBundle; // it was derived just now
const usage = { model: 'strong', input: 84, cacheRead: 0, cacheWrite: 0, output: 200, reasoning: null, costUsd: 0.00542 };
const use = (calls: number, estimatedCalls: number): ModelUse => ({
  stage: 'change',
  station: 'command',
  usage,
  counted: { calls, estimatedCalls, asOf: '2026-11-20', savedUsd: 0 },
});

it.each<readonly [string, readonly ModelUse[], string]>([
  ['the harness', [{ stage: 'change', station: 'codex', usage }], 'As the harness or the provider counts it.'],
  ['the gateway', [use(3, 0)], 'As the model gateway of the factory counted it.'],
  [
    'the gateway, by guess in part',
    [use(3, 1), use(2, 1)],
    'As the model gateway of the factory counted it. Tokens of 2 of 5 calls are a guess: nobody told of them, or not of all.',
  ],
])('the report says who counted tokens: %s', (_, models, words) => {
  expect(renderReport({ ...bundle, models: [...models] })).toContain(`## Models\n\n${words}\n\n|`);
});
