import { lineWriter } from './lines.ts';

/**
 * A node:test reporter of the factory's own, for Node 20, 22 and 24. The built-in tap and junit reporters do not name
 * a test's file on every Node, write late, and show a file that died as a test like any other. It runs in the parent
 * process, out of reach of the tests.
 */
export const nodeTestReporter = `import fs from 'node:fs';
import paths from 'node:path';
${lineWriter}
const lines = openLines(fs, paths, process);
const open = new Map();
const said = new Map();

export default async function* report(events) {
  for await (const { type, data } of events) see(type, data);
  lines.write({ end: true });
  yield '';
}

function see(type, data) {
  const file = lines.relative(data.file);
  if (type === 'test:stderr') said.set(file, ((said.get(file) || '') + data.message).slice(-4000));
  if (data.nesting === undefined) return;
  const whole = data.nesting === 0 && lines.relative(data.name) === file;
  if (type === 'test:dequeue' && whole) lines.write({ running: file });
  if (type === 'test:complete' && whole) lines.write({ done: file });
  if (type === 'test:start') open.set(file, [...(open.get(file) || []).slice(0, data.nesting), data.name]);
  if (type !== 'test:pass' && type !== 'test:fail') return;
  if (whole) return wholeFile(type, data, file);
  const path = [...(open.get(file) || []).slice(0, data.nesting), data.name];
  one(type, data, { file, path });
}

function wholeFile(type, data, file) {
  if (type === 'test:pass') return lines.write({ file, path: [], status: data.skip ? 'skip' : 'pass' });
  lines.write({ crash: file, message: (said.get(file) || lines.text(cause(data)) || 'the file failed').trim() });
}

function one(type, data, at) {
  const suite = data.details && data.details.type === 'suite';
  const todo = data.todo !== undefined && data.todo !== false;
  if ((data.skip !== undefined && data.skip !== false) || todo) return lines.write({ ...at, status: 'skip' });
  if (type === 'test:pass') return suite ? undefined : lines.write({ ...at, status: 'pass' });
  const failure = (data.details && data.details.error) || {};
  if (suite && failure.failureType === 'subtestsFailed') return;
  lines.write({ ...at, status: 'fail', message: lines.text(cause(data)) });
}

function cause(data) {
  const error = data.details && data.details.error;
  return error && error.cause !== undefined ? error.cause : error;
}
`;
