/** Set up in every test process: a warning of Node's fails the run, because tomorrow's Node makes it an error. */
process.on('warning', (warning) => {
  throw warning;
});
