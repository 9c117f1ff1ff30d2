export { outlineOf, withoutTests } from './outline.ts';
export type { Outline, OutlinedTest } from './outline.ts';
export { ofAssertions, refuses } from './rules.ts';
export type { TamperRule } from './rules.ts';
export { scanChange } from './scan-change.ts';
export { scanTamper } from './scan-tamper.ts';
export type { TamperInput, TamperScan } from './scan-tamper.ts';
export { tamperFact } from './tamper-fact.ts';
export { testsOfBase } from './tests-of-base.ts';
