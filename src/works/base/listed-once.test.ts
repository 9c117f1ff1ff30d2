import { expect, test } from 'vitest';
import { snapshot } from '../../../kit/house/index.ts';
import { listedOnce } from './listed-once.ts';

test('the files of a commit are listed once for all who ask', async () => {
  let asked = 0;
  const forge = { read: async () => null, list: async () => [`list ${(asked += 1)}`] };
  const files = listedOnce(snapshot, forge);
  expect([await files.list(snapshot), await files.list(snapshot)]).toEqual([['list 1'], ['list 1']]);
});
