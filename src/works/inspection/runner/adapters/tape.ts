import { z } from 'zod';
import { linesFile } from '../reporters/lines.ts';
import { tapeDriver, tapeDriverFile, tapePreload, tapePreloadFile } from '../reporters/tape.ts';
import { type Reading, type TestReport, unreadable } from '../results/reading.ts';
import { type TapItem, type TapPoint, parseTap } from '../results/tap.ts';
import { dropFlags, partArgs } from '../script/flags.ts';
import { type Adapter, appended, expandWords, filesOf } from './adapter.ts';

const requires = ['-r', '--require'];

/**
 * tape 4 and 5, by TAP. tape does not say which file a test is of, so each file runs in a process of its own, one after
 * the other, under a small driver; their TAP goes to a file that nothing else is written to.
 */
export const tape: Adapter = {
  files: { [tapeDriverFile]: tapeDriver, [tapePreloadFile]: tapePreload },
  async plan(command, project) {
    const tool = await project.tool('tape');
    if (tool === null) return null;
    const { flags, specs: given } = partArgs(
      dropFlags(command.args, { alone: ['--strict', '--no-only', '--only'], valued: ['-i', '--ignore', '--ignore-pattern'] }),
      requires,
    );
    const specs = expandWords(given, project.files);
    const files = filesOf(project, specs, ['test/*.?(c|m)js', 'test.?(c|m)js']);
    const nodeArgs = [...command.nodeArgs, ...flags.map((flag) => flag.text).map((text) => (text === '--require' ? '-r' : text))];
    return {
      argv: ['node', tapeDriverFile, JSON.stringify(nodeArgs), ...files],
      env: command.env,
      resultFile: linesFile,
      specs: files,
      files,
      version: tool.version,
    };
  },
  withFile: appended,
  read({ text }) {
    return { ...(text === null ? unreadable('the runner wrote no results') : readTape(text)), cwd: '' };
  },
};

const Line = z.union([
  z.object({ running: z.string() }),
  z.object({ tapOf: z.string(), text: z.string() }),
  z.object({ done: z.string(), code: z.number().nullable(), signal: z.string().nullable(), said: z.string() }),
  z.object({ end: z.literal(true) }),
]);

interface FileEnd {
  /** Whether the run was cut off while the file ran. */
  readonly cut: boolean;
  /** Whether the process exited with code 0. */
  readonly clean: boolean;
  readonly said: string;
}

type FileReading = Pick<Reading, 'reports' | 'crashes'>;

function readTape(text: string): Reading {
  const taps = new Map<string, string>();
  const running = new Set<string>();
  const parts: FileReading[] = [];
  let finished = false;
  for (const raw of text.split('\n').slice(0, -1)) {
    const line = Line.safeParse(parse(raw)).data;
    if (line === undefined) return unreadable(`the results hold a line that is not the driver's: ${raw.slice(0, 80)}`);
    if ('running' in line) running.add(line.running);
    if ('tapOf' in line) taps.set(line.tapOf, (taps.get(line.tapOf) ?? '') + line.text);
    if ('end' in line) finished = true;
    if (!('done' in line)) continue;
    running.delete(line.done);
    parts.push(readFile(line.done, taps.get(line.done) ?? '', { cut: false, clean: line.code === 0, said: line.said }));
  }
  for (const file of running) parts.push(readFile(file, taps.get(file) ?? '', { cut: true, clean: false, said: '' }));
  const reports = parts.flatMap((part) => part.reports);
  return { reports, crashes: parts.flatMap((part) => part.crashes), running: [...running], finished, problem: null };
}

function readFile(file: string, text: string, end: FileEnd): FileReading {
  // A file that only holds data for others says nothing and ends well.
  if (text.trim() === '' && end.clean) return { reports: [], crashes: [] };
  const { items, planned } = parseTap(text);
  const { groups, points } = grouped(file, items, planned);
  const whole = planned !== null && points === planned;
  const explained = end.clean || groups.some((one) => one.status === 'fail');
  const crashes =
    (whole && explained) || end.cut ? [] : [{ file, message: end.said === '' ? 'the file ended before its tests did' : end.said }];
  // The last test had begun and did not end; nothing but a failure of it can be believed.
  const believed = whole || groups.at(-1)?.status === 'fail' ? groups : groups.slice(0, -1);
  return { reports: believed, crashes };
}

/** Groups assertions under the comment above them, which is the name of the test; one that fails decides it. */
function grouped(
  file: string,
  items: readonly TapItem[],
  planned: number | null,
): { readonly groups: readonly TestReport[]; readonly points: number } {
  const groups: TestReport[] = [];
  let points = 0;
  for (const item of items) {
    // After the last assertion tape counts them in comments.
    if (item.kind === 'comment' && points === planned && /^tests\s+\d+$/.test(item.text)) break;
    if (item.kind === 'comment') groups.push(group(file, item.text));
    if (item.kind !== 'point') continue;
    points += 1;
    groups.push(withPoint(groups.pop() ?? group(file, ''), item));
  }
  return { groups, points };
}

function withPoint(open: TestReport, { ok, skipped, message }: TapPoint): TestReport {
  return skipped || ok ? open : { ...open, status: 'fail', message: open.message ?? message };
}

function group(file: string, comment: string): TestReport {
  const directive = /^(SKIP|TODO) (.*)$/.exec(comment);
  return { file, path: [directive?.[2] ?? comment], status: directive === null ? 'pass' : 'skip' };
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}
