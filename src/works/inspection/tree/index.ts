export { readBaselineRecord, type BaselineRecord } from './baseline-record.ts';
export { outputOf, readyTree, type Installed, type Tree, type TreeJob } from './ready-tree.ts';
