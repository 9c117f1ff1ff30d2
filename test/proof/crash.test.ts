import { crashSuite } from './suite.ts';

// One trial of every kind; `npm run crash` makes hundreds.
const extent = { seed: '1', lanes: 2, boundaries: 4, instants: 4, crowds: 1, stops: 1, only: null, say: () => undefined };

crashSuite(extent, { limitMs: 300_000 });
