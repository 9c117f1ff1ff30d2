// Writes schemas/*.schema.json from the zod models of the built package; with --check only compares.
import { join } from 'node:path';
import { z } from 'zod';
import { EvidenceBundle } from '../dist/src/core/evidence/bundle.js';
import { GatewayConfig } from '../dist/src/core/gateway/config/gateway-config.js';
import { OutcomeRecord } from '../dist/src/core/gateway/evaluation/outcome-record.js';
import { Line } from '../dist/src/core/line/line.js';
import { TaskPacket } from '../dist/src/core/packet/packet.js';
import { Advisory } from '../dist/src/core/packet/seed.js';
import { RunReport, RunResult } from '../dist/src/core/ports/factory.js';
import { withDocComments } from './doc-comments.mjs';
import { root, writeOrCheck } from './generated.mjs';

/**
 * @typedef {object} Published
 * @property {string} name
 * @property {string} title
 * @property {string} source
 * @property {Record<string, z.ZodType>} models more than one where a document may be any of them
 */

/** @type {readonly Published[]} */
const published = [
  { name: 'line', title: 'A product line', source: 'src/core/line/line.ts', models: { Line } },
  { name: 'task-packet', title: 'A task packet', source: 'src/core/packet/packet.ts', models: { TaskPacket } },
  { name: 'advisory', title: 'An OSV advisory, as far as jidoka reads it', source: 'src/core/packet/seed.ts', models: { Advisory } },
  { name: 'run-result', title: 'What jidoka run --json prints', source: 'src/core/ports/factory.ts', models: { RunResult, RunReport } },
  {
    name: 'gateway',
    title: 'The gateway part of the factory file of its owner',
    source: 'src/core/gateway/config/gateway-config.ts',
    models: { GatewayConfig },
  },
  {
    name: 'outcome',
    title: 'One line of a record of outcomes',
    source: 'src/core/gateway/evaluation/outcome-record.ts',
    models: { OutcomeRecord },
  },
  { name: 'evidence-bundle', title: 'bundle.json of a run', source: 'src/core/evidence/bundle.ts', models: { EvidenceBundle } },
];

writeOrCheck(new Map(published.map((schema) => [`schemas/${schema.name}.schema.json`, textOf(schema)])), {
  noun: 'schemas',
  command: 'npm run schemas',
});

/** @param {Published} schema */
function textOf({ name, title, source, models }) {
  const bodies = Object.entries(models).map(([model, type]) => bodyOf(type, source, model));
  const [only] = bodies;
  const body = bodies.length === 1 ? only : { anyOf: bodies };
  // Draft 7 is what every editor understands.
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', $id: `urn:jidoka:schema:${name}`, title, ...body }, null, 2)}\n`;
}

/**
 * @param {z.ZodType} type
 * @param {string} source
 * @param {string} model
 */
function bodyOf(type, source, model) {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: 'input', target: 'draft-7' });
  return withDocComments(/** @type {import('./doc-comments.mjs').Schema} */ (schema), join(root, source), model);
}
