import { virtualKeysContract } from '../../../../kit/gateway/index.ts';
import { memoryKeys } from './memory-keys.ts';

virtualKeysContract('virtual keys in memory', async () => {
  let now = 0;
  const keys = memoryKeys({ now: () => now });
  return { made: keys, found: keys, second: () => undefined, setNow: (ms) => void (now = ms) };
});
