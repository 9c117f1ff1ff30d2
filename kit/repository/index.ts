export { dialects, specimenRunners } from './dialects.ts';
export type { Dialect, SpecimenRunner } from './dialects.ts';
export {
  buggy,
  failing,
  failingTestOf,
  goldenFile,
  goldenPath,
  mended,
  passingTests,
  source,
  sourcePath,
  specimen,
  testPath,
  visibleTests,
} from './specimen.ts';
export type { Specimen } from './specimen.ts';
