export { orderText, type Known } from './order-text.ts';
export { lookIntoTree, treeWords } from './tree-words.ts';
