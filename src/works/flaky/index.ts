export { addRun, failsAnew, isOver, newTally, readTally, testIn, writeTally } from './tally.ts';
export type { Tally, TallyEnd, TestTally } from './tally.ts';
export { classify, type Classified } from './classify.ts';
export { findTest, type FoundTest } from './find-test.ts';
export { changing } from './changing.ts';
