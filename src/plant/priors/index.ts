export { publicPriors } from './public-priors.ts';
