export { branchChange, manifestsOf, textsAtHead, type BranchChange } from './branch-change.ts';
export { readBranch } from './read-branch.ts';
