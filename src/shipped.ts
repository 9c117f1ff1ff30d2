/** What comes with the package, without the machines that work on it. */
export { builtInLine } from './plant/lines/index.ts';
export { publicPriors } from './plant/priors/index.ts';
