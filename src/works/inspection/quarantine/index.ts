export { skipTest, type Skipped } from './skip-test.ts';
