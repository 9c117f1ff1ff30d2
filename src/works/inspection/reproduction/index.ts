export { judgeReproduction } from './judge-reproduction.ts';
export { judgeRuns, type JudgedTest } from './judge-runs.ts';
export { divided, KeptReproduction, readReproduction, shownFiles } from './kept.ts';
export { readTests, type ReadTests, type TestFile, type TicketWords } from './read-tests.ts';
