import { isTestLibrary } from './libraries.ts';
import type { TamperRule } from './rules.ts';

export type SeenKind = 'call' | 'assignment' | 'member' | 'question' | 'name' | 'module';

/** A piece of code as the rules see it; texts are plain, and `globalThis.` and `['name']` are already resolved. */
export interface Seen {
  readonly kind: SeenKind;
  readonly text: string;
  /** Callee of a call, target of an assignment, object of a member. */
  readonly target: string;
  /** What is given to a call, assigned, or asked for. */
  readonly given: string;
  /** Module that the first name of `target` comes from, or ''. */
  readonly module: string;
}

export interface SourceRule {
  readonly rule: TamperRule;
  /** `source`: tests may do it. */
  readonly where: 'source' | 'anywhere';
  readonly kinds: readonly SeenKind[];
  readonly sees: (seen: Seen) => boolean;
}

const runnerFunctions =
  'describe|it|test|expect|assert|suite|specify|context|before|after|beforeEach|afterEach|beforeAll|afterAll|jest|vi|mocha|ava|tap|xit|xdescribe';
const builtins =
  'Object|Function|Array|String|Number|Boolean|Promise|Error|RegExp|Map|Set|Date|JSON|Math|Reflect|Symbol|Proxy|Buffer|EventEmitter';
const runnerVariables =
  'JEST_WORKER_ID|VITEST(?:_\\w+)?|NODE_TEST_CONTEXT|NODE_V8_COVERAGE|NYC_\\w+|MOCHA(?:_\\w+)?|AVA_PATH|TAP(?:_\\w+)?|npm_lifecycle_(?:event|script)|__vitest_\\w+__|__coverage__';
const runnerWords = /mocha|jest|vitest|\bava\b|\btap\b|tape\b|\btests?\b|\bspecs?\b|node:test|reporter|outputFile|canary/i;

const isRunnerGlobal = new RegExp(`^(?:globalThis|global|window|self|root)\\.(?:${runnerFunctions})\\b`);
const asksForRunner = new RegExp(
  `^typeof (?:(?:globalThis|global|window)\\.)?(?:${runnerFunctions})$|^'(?:${runnerFunctions})' in (?:globalThis|global)$`,
);
const isRunnerVariable = new RegExp(`^['"\`]?(?:${runnerVariables})['"\`]?$`);
const isBuiltin = new RegExp(`^(?:${builtins})(?:\\.prototype)?(?:\\.|\\[)[\\w$'"]`);
const definesBuiltin = new RegExp(`^\\((?:${builtins}|console|process)(?:\\.prototype)?,`);
const defines = /^(?:Object\.(?:assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(?:set|defineProperty|setPrototypeOf))$/;
const isAssert = /^(?:assert|chai|expect|should|Assertion|AssertionError)(?:\.|\[|$)/;
const isAssertModule =
  /^(?:(?:node:)?assert(?:\/strict)?|chai|expect|should|power-assert|@jest\/globals|vitest|node:test|mocha|ava|tape|tap)(?:$|\/)/;
const loadsAssert = /\brequire\('(?:(?:node:)?assert(?:\/strict)?|chai|expect)'\)/;
const writesFile =
  /(?:^|\.)(?:write|append|copy|rm|unlink|rename|symlink|truncate|createWriteStream|outputFile|cp|open)(?:File|Sync|FileSync|Dir|dirSync)?\w*$/;
const testPlaces =
  /['"`/](?:tests?|specs?|__tests__|__snapshots__|fixtures?)[/'"`]|node_modules\/|\.(?:test|spec|snap)\b|(?:test-?)?results?\.(?:json|ndjson|xml|tap)|junit|\.tap['"`]|\.mocharc|process\.argv/i;
const ownPlace = /process\.(?:argv|execArgv|title)|\brequire\.main\b|import\.meta\.(?:url|main)|module\.parent/;

/**
 * What code of each kind must name to be anybody's business here. Most code is passed over by this alone, in the
 * parser itself: expressions without Unicode classes, as they are compiled anew for every file.
 */
export const hints: readonly { readonly kind: SeenKind; readonly nodes: readonly string[]; readonly regex: string }[] = [
  {
    kind: 'member',
    nodes: ['member_expression', 'subscript_expression'],
    regex: '(?-u)^[(]?(?:process|require|[a-zA-Z_.]*[mM]odule|global|window|self|root|new |Error)',
  },
  { kind: 'assignment', nodes: ['assignment_expression', 'augmented_assignment_expression'], regex: '[.]|\\[' },
  {
    kind: 'call',
    nodes: ['call_expression', 'new_expression'],
    regex:
      '(?-u)process|exit|kill|abort|[aA]ssert|chai|expect|jest|vi[.]|Object|Reflect|global|register|_load|syncBuiltin|stack|rite|append|copy|rm|unlink|rename|symlink|truncate|outputFile|cp|open|eval|Function|vm[.]|require|module|import[.]meta',
  },
  {
    kind: 'question',
    nodes: ['binary_expression', 'unary_expression'],
    regex: '(?-u)NODE_ENV|CI|process|require|module|import[.]meta|typeof| in ',
  },
  {
    kind: 'name',
    nodes: ['string', 'property_identifier', 'shorthand_property_identifier_pattern', 'identifier'],
    regex: '(?-u)^[\'"`]?(?:JEST|VITEST|NODE_|NYC|MOCHA|AVA|TAP|npm_|__)',
  },
];

/** What new code may not do, whatever the tests say of it. */
export const sourceRules: readonly SourceRule[] = [
  {
    rule: 'early-exit',
    where: 'anywhere',
    kinds: ['member'],
    sees: ({ text }) => /^process\.(?:exit|reallyExit|_kill|kill|abort|dlopen|binding)$/.test(text),
  },
  {
    rule: 'early-exit',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target, given }) => target === 'process.emit' && /^\('(?:exit|beforeExit|SIG)/.test(given),
  },
  {
    rule: 'early-exit',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target, module }) => isProcess(module) && /(?:^|\.)(?:exit|kill|abort|reallyExit)$/.test(target),
  },
  {
    rule: 'early-exit',
    where: 'anywhere',
    kinds: ['assignment'],
    sees: ({ target, given }) =>
      /^process\.(?:emit|hrtime|argv|execArgv)\b/.test(target) || (target === 'process.exitCode' && given === '0'),
  },
  {
    rule: 'exit-handler',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target, given }) =>
      /^process\.(?:on|once|addListener|prependListener|prependOnceListener)$/.test(target) &&
      /^\('(?:exit|beforeExit|uncaughtException|unhandledRejection|uncaughtExceptionMonitor)'/.test(given),
  },
  {
    rule: 'exit-handler',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target }) => /^process\.(?:removeAllListeners|setUncaughtExceptionCaptureCallback)$/.test(target),
  },
  {
    rule: 'assertion-library-stubbed',
    where: 'anywhere',
    kinds: ['assignment'],
    sees: (seen) => /[.[]/.test(seen.target) && isPartOfAssert(seen),
  },
  {
    rule: 'assertion-library-stubbed',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target, given, module }) =>
      defines.test(target) && (isAssert.test(given.slice(1)) || loadsAssert.test(given) || isAssertModule.test(module)),
  },
  {
    rule: 'assertion-library-stubbed',
    where: 'source',
    kinds: ['call'],
    sees: ({ target }) => /^(?:chai\.use|expect\.extend|expect\.addSnapshotSerializer|jest\.\w+|vi\.\w+)$/.test(target),
  },
  { rule: 'runner-patched', where: 'anywhere', kinds: ['assignment'], sees: ({ target }) => isRunnerGlobal.test(target) },
  {
    rule: 'runner-patched',
    where: 'anywhere',
    kinds: ['assignment'],
    sees: ({ target, text }) => /^(?:globalThis|global)\[(?!Symbol|k[A-Z])/.test(target) && !/(?:\?\?|\|\|)=/.test(text),
  },
  {
    rule: 'runner-patched',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target, given }) => defines.test(target) && /^\((?:globalThis|global)\b/.test(given),
  },
  {
    rule: 'runner-patched',
    where: 'anywhere',
    kinds: ['assignment'],
    sees: ({ target }) => /^(?:describe|it|test|suite|Mocha|Runner|Runnable|Suite|Test|Context)\.[\w$]/.test(target),
  },
  {
    rule: 'loader-patched',
    where: 'anywhere',
    kinds: ['member'],
    sees: ({ text }) =>
      /^(?:require\.(?:cache|extensions)|(?:\w+\.)?(?:Module|module\.constructor)\._(?:load|resolveFilename|cache|extensions|compile)|(?:Module|module\.constructor)\.prototype\.(?:require|_compile)|process\.mainModule)$/.test(
        text,
      ),
  },
  {
    rule: 'loader-patched',
    where: 'anywhere',
    kinds: ['call'],
    sees: ({ target, module }) =>
      /(?:^|\.)(?:registerHooks|register|syncBuiltinESMExports|_load)$/.test(target) && /^(?:node:)?module$/.test(module),
  },
  {
    rule: 'builtin-patched',
    where: 'source',
    kinds: ['assignment'],
    sees: ({ target }) => isBuiltin.test(target) || /^(?:console|process\.std(?:out|err))\.\w+$/.test(target),
  },
  {
    rule: 'builtin-patched',
    where: 'source',
    kinds: ['call'],
    sees: ({ target, given }) => defines.test(target) && definesBuiltin.test(given),
  },
  { rule: 'test-library-in-source', where: 'source', kinds: ['module'], sees: ({ text }) => isTestLibrary(text) },
  { rule: 'test-detected', where: 'source', kinds: ['name'], sees: ({ text }) => isRunnerVariable.test(text) },
  {
    rule: 'test-detected',
    where: 'source',
    kinds: ['question'],
    sees: ({ text }) => /NODE_ENV|\bCI\b/.test(text) && /['"`]tests?['"`]/.test(text),
  },
  {
    rule: 'test-detected',
    where: 'source',
    kinds: ['question', 'call'],
    sees: ({ text }) => text.length < 400 && ownPlace.test(text) && runnerWords.test(withoutTestCalls(text)),
  },
  {
    rule: 'test-detected',
    where: 'source',
    kinds: ['question'],
    sees: ({ text }) => asksForRunner.test(text),
  },
  { rule: 'test-detected', where: 'source', kinds: ['member'], sees: ({ text }) => text.startsWith('global') && isRunnerGlobal.test(text) },
  {
    rule: 'stack-inspected',
    where: 'source',
    kinds: ['member'],
    sees: ({ text }) => /^\(?new \w*Error\(.*\)\.stack$|^Error\(.*\)\.stack$|^Error\.prepareStackTrace$/.test(text),
  },
  {
    rule: 'stack-inspected',
    where: 'source',
    kinds: ['call'],
    sees: ({ text, target }) =>
      text.length < 400 &&
      /\.stack\b/.test(text) &&
      /(?:^|\.)(?:includes|match|matchAll|indexOf|search|test|exec|some|find)$/.test(target) &&
      runnerWords.test(withoutTestCalls(text)),
  },
  {
    rule: 'writes-test-files',
    where: 'source',
    kinds: ['call'],
    sees: ({ target, given }) => writesFile.test(target) && testPlaces.test(given),
  },
  {
    rule: 'dynamic-code',
    where: 'source',
    kinds: ['call'],
    sees: ({ target, text }) =>
      /^(?:\(0,eval\)|eval|Function|vm\.(?:run\w+|Script|compileFunction)|(?:globalThis|global)\.(?:eval|Function))$/.test(target) ||
      text.startsWith('new Function('),
  },
  {
    rule: 'dynamic-code',
    where: 'source',
    kinds: ['member'],
    sees: ({ text, target, given }) => text.startsWith(`${target}[`) && isPutTogether(target, given),
  },
];

function isProcess(module: string): boolean {
  return module === 'process' || module === 'node:process';
}

function isPartOfAssert({ target, module }: Seen): boolean {
  return isAssert.test(target) || isAssertModule.test(module) || loadsAssert.test(target);
}

/** A name put together while running, asked of an object that holds everything. */
function isPutTogether(target: string, given: string): boolean {
  if (target === 'process') return !/^['"`][^$]*['"`]$/.test(given) || /['"`]\s*\+/.test(given);
  return /^(?:globalThis|global|window|self)$/.test(target) && /['"`]\s*\+|\+\s*['"`]|\$\{|\.join\(|reverse\(|fromCharCode/.test(given);
}

/** A call of a method `test`, as of a regular expression, does not speak of tests. */
function withoutTestCalls(text: string): string {
  return text.replaceAll(/\.tests?\(/g, '(');
}
