/**
 * The program that looks at one entry, as CommonJS for `node -e`. It prints, behind a mark, what `require` and `import`
 * each give: names with kind and number of parameters, two levels deep. It holds on to what it needs before it loads
 * anything, and ends by itself, whatever the loaded code keeps open.
 */
export const probe = String.raw`
const [specifier, mark] = process.argv.slice(1);
const { writeSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const exit = process.reallyExit.bind(process);
const { stringify } = JSON;
const here = createRequire(join(process.cwd(), 'package.json'));

function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'function') return typeof value;
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  return (isClass ? 'class/' : 'function/') + value.length;
}

function namesOf(value, prefix, depth, names, seen) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  const own = Object.getOwnPropertyNames(value).filter((key) => !/^(?:length|name|prototype|arguments|caller|__esModule|module\.exports|default)$/.test(key) || (key === 'default' && depth === 2));
  const methods = typeof value === 'function' && value.prototype ? Object.getOwnPropertyNames(value.prototype).filter((key) => key !== 'constructor').map((key) => [value.prototype, key, '#']) : [];
  const places = [...own.slice(0, 400).map((key) => [value, key, '.']), ...methods.slice(0, 400)];
  for (const [holder, key, sign] of places) {
    if (key.startsWith('_')) continue;
    const name = prefix === '' ? key : prefix + sign + key;
    let member;
    try { member = sign === '#' ? Object.getOwnPropertyDescriptor(holder, key).value : holder[key]; } catch { names[name] = 'throws'; continue; }
    names[name] = kindOf(member);
    if (depth > 1 && typeof member !== 'symbol') namesOf(member, name, depth - 1, names, seen);
  }
}

function shapeOf(value) {
  const names = { '(module)': kindOf(value) === 'object' ? 'object' : kindOf(value) };
  namesOf(value, '', 2, names, new Set());
  return { kind: 'loaded', names };
}

function failure(error) {
  const code = error && error.code;
  const absent = ['ERR_REQUIRE_ESM', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_UNSUPPORTED_DIR_IMPORT'].includes(code);
  return absent ? { kind: 'absent' } : { kind: 'failed', message: String((error && error.message) || error).split('\n')[0].replaceAll(process.cwd(), '').slice(0, 300) };
}

async function main() {
  let required;
  let imported;
  try { required = shapeOf(here(specifier)); } catch (error) { required = failure(error); }
  try {
    const url = specifier.startsWith('.') ? pathToFileURL(here.resolve(specifier)).href : specifier;
    imported = shapeOf(await import(url));
  } catch (error) { imported = failure(error); }
  writeSync(1, '\n' + mark + stringify({ require: required, import: imported }) + '\n');
}
main().then(() => exit(0), () => exit(1));
`;
