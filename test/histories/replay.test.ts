import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Line } from '../../src/core/line/line.ts';
import { parseLine } from '../../src/works/line-file/index.ts';
import { replay } from './replay.ts';

// Runs that released versions recorded, with paths, hosts and people replaced by neutral ones; see scripts/record-history.mjs.
// Hashes are as they were and no longer fit what was replaced: what is held to here is what happened, in its order.
const here = new URL('./', import.meta.url);

interface History {
  readonly name: string;
  readonly version: string;
  readonly line: Line;
  readonly events: readonly EventBody[];
}

const histories = versions().flatMap(historiesOf);

function versions(): readonly string[] {
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function historiesOf(version: string): readonly History[] {
  const folder = new URL(`${version}/`, here);
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return files.map((file) => {
    const events = bodiesOf(readFileSync(new URL(file, folder), 'utf8'));
    const [started] = events;
    const line = started?.type === 'run.started' ? started.line.name : 'unknown';
    const path = `lines/${line}.yaml`;
    return { name: `${version}/${file}`, version, events, line: parseLine(readFileSync(new URL(path, folder), 'utf8'), path) };
  });
}

function bodiesOf(text: string): readonly EventBody[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as LedgerEvent).body);
}

it('looks at histories of every version it finds', () => {
  expect(versions()).not.toEqual([]);
  for (const version of versions())
    expect(
      histories.filter((history) => history.version === version),
      version,
    ).not.toEqual([]);
});

describe.each(histories)('$name', ({ line, events, version }) => {
  it('was recorded by the version it stands under', () => {
    const [started] = events;
    expect(started?.type === 'run.started' ? started.version : 'nothing').toBe(version);
  });

  it("goes on under today's code as it went on then, from every event to its end", () => {
    expect(events.length).toBeGreaterThan(5);
    expect(replay(line, events)).toEqual([]);
  });

  it('would not, were one event that the run went on from missing or told in another place', () => {
    const steps = events.flatMap(({ type }, at) =>
      /^(stage\.completed|gate\.opened|children\.started|rework\.ordered|verdict\.decided)$/.test(type) ? [at] : [],
    );
    expect(steps.length).toBeGreaterThan(1);
    for (const at of steps) {
      expect(replay(line, [...events.slice(0, at), ...events.slice(at + 1)]), `without event ${at + 1}`).not.toEqual([]);
      expect(
        replay(line, [...events.slice(at, at + 1), ...events.slice(0, at), ...events.slice(at + 1)]),
        `with event ${at + 1} first`,
      ).not.toEqual([]);
    }
  });
});
