import { crashSuite } from './suite.ts';

// One trial of nearly every kind; three workers take their turn in the slow form, and `npm run crash` makes hundreds.
const extent = { lanes: 2, boundaries: 2, instants: 2, killsPerRun: 2, pairs: 1, triples: 0, stops: 1 };

crashSuite({ ...extent, seed: '1', only: null, say: () => undefined }, { limitMs: 300_000 });
