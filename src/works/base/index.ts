export { notFetched } from './not-fetched.ts';
export { checkoutBase, preparedBase, setUpBase, type BaseNeeds } from './base-of.ts';
