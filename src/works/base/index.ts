export { listedOnce } from './listed-once.ts';
export { notFetched } from './not-fetched.ts';
export { checkoutBase, installedBase, preparedBase, setUpBase } from './base-of.ts';
