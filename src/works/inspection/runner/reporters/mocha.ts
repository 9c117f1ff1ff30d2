import { lineWriter } from './lines.ts';

/**
 * A mocha reporter of the factory's own, for mocha 3 to 11: the built-in json reporter writes only at the end (so that
 * a hang or an early exit leaves nothing), and to a file only since 9.2.
 */
export const mochaReporter = `'use strict';
${lineWriter}
const lines = openLines(require('fs'), require('path'), process);

function path(runnable) {
  const titles = [];
  for (let at = runnable; at; at = at.parent) if (at.title) titles.unshift(at.title);
  return titles;
}

function fileOf(runnable) {
  for (let at = runnable; at; at = at.parent) if (at.file) return lines.relative(at.file);
  const first = ((runnable.ctx || {}).currentTest || {}).file;
  return lines.relative(first);
}

module.exports = function FactoryReporter(runner) {
  const report = (test, status, error) =>
    lines.write({ file: fileOf(test), path: path(test), status, message: lines.text(error) });
  let running = '';
  runner.on('test', (test) => {
    const file = fileOf(test);
    if (!file || file === running) return;
    if (running) lines.write({ done: running });
    lines.write({ running: (running = file) });
  });
  runner.on('pass', (test) => report(test, 'pass'));
  runner.on('pending', (test) => report(test, 'skip'));
  runner.on('fail', (test, error) => report(test, 'fail', error));
  runner.on('end', () => lines.write({ end: true }));
};
`;
