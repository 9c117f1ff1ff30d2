import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { type Reading, type TestReport, unreadable } from '../results/reading.ts';
import type { Adapter } from './adapter.ts';

/** Any suite that writes JUnit XML: the general door. The command is the repository's own and is not changed. */
export const junit: Adapter = {
  files: {},
  plan: () => Promise.resolve(null),
  withFile: (plan) => plan.argv,
  read({ text, process }) {
    const exited = process.exit.kind === 'exited';
    return { ...(text === null ? unreadable('the command wrote no result file') : readJunit(text, exited)), cwd: '' };
  },
};

const Case = z.looseObject({ name: z.string().default(''), classname: z.string().optional(), file: z.string().optional() });
type Node = Readonly<Record<string, unknown>>;

function readJunit(text: string, exited: boolean): Reading {
  const root = parsed(text);
  if (root === null) return unreadable('the result file is not JUnit XML');
  const reports = suitesOf(root).flatMap((suite) => reportsOf(suite, { file: '', path: [] }));
  return { reports, crashes: [], running: [], finished: exited, problem: null };
}

function parsed(text: string): Node | null {
  const options = {
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (name: string) => name === 'testsuite' || name === 'testcase',
  };
  try {
    // A file that was cut off must not count as the shorter suite that its rest describes.
    const root: unknown = new XMLParser(options).parse(text, true);
    return isNode(root) && ('testsuites' in root || 'testsuite' in root) ? root : null;
  } catch {
    return null;
  }
}

function suitesOf(root: Node): readonly Node[] {
  return isNode(root['testsuites']) ? [root['testsuites']] : nodes(root['testsuite']);
}

type Place = Pick<TestReport, 'file' | 'path'>;

function reportsOf(suite: Node, at: Place): readonly TestReport[] {
  const cases = nodes(suite['testcase']).map((node) => reportOf(node, at));
  const below = nodes(suite['testsuite']).flatMap((node) => {
    const { name, file } = Case.parse(node);
    return reportsOf(node, { file: file ?? at.file, path: name === '' || name === file ? at.path : [...at.path, name] });
  });
  return [...cases, ...below];
}

function reportOf(node: Node, at: Place): TestReport {
  const { name, classname, file } = Case.parse(node);
  const group = classname === undefined || classname === 'test' || at.path.includes(classname) ? [] : [classname];
  const where = { file: (file ?? at.file).replace(/^\.\//, ''), path: [...at.path, ...group, name] };
  const failure = node['failure'] ?? node['error'];
  if (failure !== undefined) return { ...where, status: 'fail', message: messageOf(failure) };
  return { ...where, status: node['skipped'] === undefined ? 'pass' : 'skip' };
}

function messageOf(failure: unknown): string | undefined {
  const first: unknown = Array.isArray(failure) ? failure[0] : failure;
  if (typeof first === 'string') return first;
  if (!isNode(first)) return undefined;
  return [first['message'], first['#text']].filter((part) => typeof part === 'string').join('\n');
}

function nodes(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
