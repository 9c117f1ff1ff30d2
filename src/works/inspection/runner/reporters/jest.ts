import { lineWriter } from './lines.ts';

/**
 * A jest reporter of the factory's own, for jest 24 to 30. \`--json\` writes only at the end: a suite that hangs would
 * leave neither the ids that did report nor the file that did not.
 */
export const jestReporter = `'use strict';
${lineWriter}
const statuses = { passed: 'pass', failed: 'fail', pending: 'skip', skipped: 'skip', todo: 'skip', disabled: 'skip' };

module.exports = class FactoryReporter {
  constructor() {
    this.lines = openLines(require('fs'), require('path'), process);
  }
  onTestStart(test) {
    this.lines.write({ running: this.lines.relative(test.path) });
  }
  onTestResult(test, result) {
    const { lines } = this;
    const file = lines.relative(test.path);
    const display = test.context && test.context.config && test.context.config.displayName;
    const project = display ? ['[' + (display.name || display) + ']'] : [];
    for (const one of result.testResults || []) {
      const path = [...project, ...(one.ancestorTitles || []), one.title];
      const message = (one.failureMessages || []).join('\\n') || undefined;
      lines.write({ file, path, status: statuses[one.status] || 'fail', message: lines.text(message) });
    }
    const error = result.testExecError || (result.testResults.length === 0 && result.failureMessage);
    if (error && !result.skipped) lines.write({ crash: file, message: lines.text(result.failureMessage || error) });
    lines.write({ done: file });
  }
  onRunComplete() {
    this.lines.write({ end: true });
  }
};
`;
