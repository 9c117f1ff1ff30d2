/** Set up in every test process: a warning of Node's fails the run, because tomorrow's Node makes it an error. */
process.on('warning', (warning) => {
  if (!isAllowed(warning)) throw warning;
});

/** pg 8 warns of a habit of its callers that DBOS has; ours have not. */
function isAllowed(warning: Error): boolean {
  return warning.name === 'DeprecationWarning' && /node_modules\/@dbos-inc\//.test(warning.stack ?? '');
}
