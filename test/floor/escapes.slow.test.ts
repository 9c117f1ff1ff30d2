import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapeAttempts } from '../../kit/floor/index.ts';
import { floorsToEscape, type EscapeFloor } from './escape-floors.ts';
import { escapeRecord, recordFile, tell, type FloorRecord } from './escape-record.ts';

const records: FloorRecord[] = [];
afterAll(async () => {
  for (const record of records) tell(record);
  const file = recordFile();
  if (file !== null) await writeFile(file, `${JSON.stringify({ floors: records }, null, 2)}\n`);
});

function on(name: keyof typeof floorsToEscape, judge: Judge): void {
  describe(`escapes from the floor ${name}`, () => {
    let floor: EscapeFloor;
    let record: FloorRecord;
    beforeAll(async () => {
      floor = await floorsToEscape[name]();
      record = await escapeRecord(name, floor);
      records.push(record);
    }, 600_000);
    afterAll(() => floor.close());

    it('tries each attempt of the suite', () => {
      expect(record.attempts).toHaveLength(escapeAttempts().length);
      expect(record.attempts.length).toBeGreaterThan(100);
    });
    judge(() => record);
  });
}

type Judge = (record: () => FloorRecord) => void;

/** The control: what fails there too would show nothing. */
const succeeds: Judge = (record) => {
  it('mostly succeeds, so that a refusal elsewhere means something', () => {
    const open = escapeAttempts().flatMap((attempt) => (attempt.open === 'yes' ? [attempt.name] : []));
    const refused = record().attempts.filter(({ name, outcome }) => open.includes(name) && outcome === 'refused');
    expect(record().escaped).toBeGreaterThan(40);
    expect(refused.length, refused.map(({ name }) => name).join('\n')).toBeLessThan(open.length / 2);
  });
};

const isRefused: Judge = (record) => {
  it('never succeeds', () => {
    const escaped = record().attempts.filter(({ outcome }) => outcome === 'escaped');
    expect(escaped.map(({ group, name: attempt, detail }) => `${group}: ${attempt}: ${detail}`)).toEqual([]);
  });

  it('is told where a way out was asked for more than it gives', () => {
    expect(record().refusedRequests).toBeGreaterThan(0);
  });
};

// Every attempt to get out, for real: from the sandbox here, from every floor for the proof (`npm run escapes`).
const isProof = recordFile() !== null;
const floors = isProof ? (['host', 'sandbox', 'ssh', 'container'] as const) : (['sandbox'] as const);
for (const name of floors) on(name, name === 'host' ? succeeds : isRefused);
