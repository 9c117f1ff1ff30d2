export type { TamperRule } from './rules.ts';
export { scanTamper } from './scan-tamper.ts';
export type { TamperInput, TamperScan } from './scan-tamper.ts';
export { tamperFact } from './tamper-fact.ts';
