/** Set up in every test process: a warning of Node's fails the run, because tomorrow's Node makes it an error. */
function failTheRun(warning: Error): never {
  throw warning;
}
// A process takes many files of tests, one after the other.
const isSet = process.listeners('warning').some(({ name }) => name === failTheRun.name);
if (!isSet) process.on('warning', failTheRun);
