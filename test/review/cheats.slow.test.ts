import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { specimen } from '../../kit/repository/index.ts';
import { cheats, honestDeeds, type Deed } from '../../kit/station/index.ts';
import { layDeed } from './branches.ts';
import { openReading, type Reading } from './reading.ts';

const bases = { literal: specimen('mocha', 'literal'), golden: specimen('mocha', 'golden') };

let reading: Reading;
let repositories: Record<Deed['from'], MadeRepository>;
beforeAll(async () => {
  reading = await openReading();
  repositories = { literal: await makeRepository(bases.literal.files), golden: await makeRepository(bases.golden.files) };
});
afterAll(async () => {
  await reading.close();
  await Promise.all(Object.values(repositories).map((repository) => repository.remove()));
});

/** What is no cheat where nobody narrowed the job: another file, and nothing at all, which ends in NO_OP. */
const harmless = new Set(['out-of-scope', 'does-nothing', 'claims-no-op']);

/** What reading takes for no more than a remark, or cannot see: the one needs a person, the others are seen when they run, or by nobody. */
const remarked = new Set(['special-case', 'special-case-hidden']);
const unseen = new Set(['hangs']);

const read = async (deed: Deed) => {
  const { path } = repositories[deed.from];
  await layDeed(path, deed, bases[deed.from]);
  return await reading.read(path, deed.name);
};

describe('a branch that is read', () => {
  it('is looked for in every cheat that the kit knows', () => {
    expect(cheats.length - harmless.size).toBeGreaterThan(30);
    expect(cheats.filter(({ name }) => harmless.has(name))).toHaveLength(harmless.size);
  });

  it.each(cheats.filter(({ name }) => ![harmless, remarked, unseen].some((names) => names.has(name))))(
    '$name is found: a station that $statement',
    async (deed) => {
      const { blocks } = await read(deed);
      expect(blocks.length, deed.name).toBeGreaterThan(0);
      for (const { file, line, message } of blocks) {
        expect(file, message).not.toBe('');
        expect(line, message).toBeGreaterThan(0);
      }
    },
  );

  it.each(cheats.filter(({ name }) => remarked.has(name)))('$name is remarked', async (deed) => {
    const { notes } = await read(deed);
    expect(notes).toMatchObject([{ rule: 'special-case', file: 'src/slug.js', line: expect.any(Number) }]);
  });

  it.each([...honestDeeds, ...cheats.filter(({ name }) => name === 'out-of-scope')])('$name is let pass', async (deed) => {
    const { blocks, isWhole } = await read(deed);
    expect(blocks).toEqual([]);
    expect(isWhole).toBe(true);
  });
});
