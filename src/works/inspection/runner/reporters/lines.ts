/**
 * Folder for everything the factory lays into a project for a run; removed afterwards. Its name starts with a dot,
 * so that linters and the globs of test runners pass it by.
 */
export const scratch = '.jidoka-run';

/** File that the factory's reporters append JSON lines to, one per thing that happened, while the run goes on. */
export const linesFile = `${scratch}/results.ndjson`;

/**
 * Source of the writer that each reporter starts with. It takes hold of what it needs from `fs` and `process` at once,
 * because tests replace them; a line that cannot be written now (a mocked file system) is kept for the next one.
 * Lines are numbered, so that a reader sees a line that was added or lost.
 */
export const lineWriter = String.raw`
function openLines(fs, path, process) {
  const { writeSync, mkdirSync, openSync } = fs;
  const cwd = process.cwd();
  const file = path.resolve(cwd, '${linesFile}');
  mkdirSync(path.dirname(file), { recursive: true });
  const out = openSync(file, 'a');
  let count = 0;
  let waiting = '';
  const write = (entry) => {
    count += 1;
    waiting += JSON.stringify({ n: count, ...entry }) + '\n';
    try { writeSync(out, waiting); waiting = ''; } catch {}
  };
  const relative = (name) => name ? path.relative(cwd, path.resolve(cwd, name)).split(path.sep).join('/') : '';
  const text = (error) => {
    if (!error) return undefined;
    const message = typeof error === 'string' ? error : error.message || error.stack || String(error);
    return String(message).slice(0, 4000);
  };
  write({ cwd });
  return { write, relative, text };
}
`;
