export { feedContract, type FeedUnderTest } from './contract.ts';
export { memoryFeed } from './memory.ts';
