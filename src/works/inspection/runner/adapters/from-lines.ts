import { readLines } from '../results/lines.ts';
import { type Reading, unreadable } from '../results/reading.ts';
import type { RunnerOutput, RunnerReading } from './adapter.ts';

/** Reads what a reporter of the factory's own wrote. A file that could not be loaded is found by what the runner said. */
export function fromLines(output: RunnerOutput): RunnerReading {
  const said = `${output.process.stderr}\n${output.process.stdout}`;
  if (output.text === null) return { ...unreadable('the runner wrote no results'), crashes: loadCrash(output, said), cwd: '' };
  const reading = readLines(output.text);
  if (reading.reports.length > 0 || reading.crashes.length > 0 || reading.problem !== null) return reading;
  return { ...reading, crashes: loadCrash(output, said) };
}

/** The first test file that an error's stack names, where the runner died before it could run anything. */
function loadCrash({ files, process }: RunnerOutput, said: string): Reading['crashes'] {
  if (process.exit.kind !== 'exited' || process.exit.code === 0) return [];
  const places = files
    .map((file) => ({ file, at: said.search(new RegExp(`(^|[\\s/('"])${file.replaceAll(/[.+^$()|[\]{}*?\\]/g, String.raw`\$&`)}`, 'm')) }))
    .filter(({ at }) => at !== -1)
    .sort((left, right) => left.at - right.at);
  const [first] = places;
  return first === undefined ? [] : [{ file: first.file, message: errorIn(said) }];
}

/** From the line that names the error on. */
function errorIn(text: string): string {
  const at = text.search(/^\s*(?:\w*Error\b|\w+ \[ERR_|Error:)/m);
  return (at === -1 ? text : text.slice(at)).trim();
}
