export { chooseRelease, type ReleaseChoice, type ReleaseConstraints } from './choose.ts';
export { pickRelease } from './pick.ts';
