export { runCommand, startCommand, type Ended, type Running, type Setting } from './command-line.ts';
export { filesOfFolder, filesOfRef, refsOf } from './evidence-ref.ts';
export { descendants, living, processCalled, type Relative } from './family.ts';
export { fingerprint } from './fingerprint.ts';
export { npmProject, type ProjectShape } from './npm-project.ts';
export { osv, type AffectedVersions } from './osv.ts';
export { saying, type Saying } from './saying.ts';
