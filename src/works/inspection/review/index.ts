export { isDocumentation, isSource, isTestInput } from './kinds-of-files.ts';
export { newTestsFact, newTestsOf, noNewTests } from './new-tests-fact.ts';
export { noOwnSuite, ownTestsFact } from './own-tests-fact.ts';
export { sizeFact } from './size-fact.ts';
