import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failsWhen, impatientLine, openDesk, testFile, type Desk } from './desk.ts';
import { freePort } from '../net/free-port.ts';

/** Counts the threads of its own session that want a processor: what a test feels of a load, whatever else the machine does. */
const crowd =
  "const fs = require('node:fs'); const session = (stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]; const read = (path) => { try { return fs.readFileSync(path, 'utf8'); } catch { return ''; } }; const own = session(read('/proc/self/stat')); const tasks = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && session(read(`/proc/${name}/stat`)) === own).flatMap((pid) => { try { return fs.readdirSync(`/proc/${pid}/task`).map((task) => read(`/proc/${pid}/task/${task}/stat`)); } catch { return []; } }); const crowd = tasks.filter((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('R')).length;";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const calm = { 'test/calm.test.js': testFile({ 'is calm': 'assert.equal(1 + 1, 2);' }) };

describe('a test that is flaky', () => {
  it('by order is named so, with a quarantine that was tried and is not applied', async () => {
    const cart = testFile(
      { 'puts one in': 'cart.push(1); assert.equal(cart.length, 1);', 'finds it there': 'assert.equal(cart.length, 1);' },
      'node:test',
      'const cart = [];',
    );
    const repository = await desk.repository({ ...calm, 'test/cart.test.js': cart });
    const { end, tests, quarantine, patch, result, report } = await desk.triage(repository, [
      '--test',
      'finds it there',
      '--rate',
      '30%',
      '--modes',
      'suite,file,alone',
    ]);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['finds it there']).toMatchObject({
      id: 'test/cart.test.js > finds it there',
      class: 'order',
      modes: [
        { mode: 'suite', failures: 0, runs: 10 },
        { mode: 'file', failures: 0, runs: 10 },
        {
          mode: 'alone',
          failures: 10,
          runs: 10,
          first: { message: expect.stringContaining('0 == 1'), log: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      ],
    });
    expect(report).toContain('less often than 26 %, at 95 %');
    expect(quarantine).toMatchObject({ outcome: 'holds', code: 'quarantine-proposed', data: { regressed: [] } });
    expect(patch).toContain(`+// Quarantined by jidoka run ${result.run}`);
    expect(patch).toContain("+test.skip('finds it there'");
    expect(result).toMatchObject({ branch: null, withheld: null });
    expect(execFileSync('git', ['branch', '--list'], { cwd: repository.path, encoding: 'utf8' })).not.toContain('jidoka/');
  });

  it('by chance is named so where no mode makes a difference, in mocha', async () => {
    const dice = testFile({ 'throws a dice': failsWhen('dice', 'n % 3 === 0') }, 'mocha');
    const repository = await desk.repository(
      { 'test/dice.test.js': dice, 'test/calm.test.js': testFile({ 'is calm': '' }, 'mocha') },
      'mocha',
    );
    const { end, tests, patch, result } = await desk.triage(repository, [
      '--test',
      'throws a dice',
      '--rate',
      '30%',
      '--modes',
      'suite,shuffled,file,alone',
    ]);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['throws a dice']).toMatchObject({ class: 'random', why: expect.stringContaining('no mode fails more often') });
    expect(tests['throws a dice']?.modes.map(({ mode }) => mode)).toEqual(['suite', 'shuffled', 'file', 'alone']);
    expect(patch).toContain("+it.skip('throws a dice'");
  });

  it('by the time zone is named so, with the zones in which it fails, in mocha', async () => {
    const date = testFile({ 'is the first': "assert.equal(new Date('2026-01-01T00:00:00Z').getDate(), 1);" }, 'mocha');
    const repository = await desk.repository({ 'test/date.test.js': date }, 'mocha');
    const { end, tests, result } = await desk.triage(repository, ['--test', 'is the first', '--rate', '25%', '--modes', 'zone,file']);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['is the first']).toMatchObject({ class: 'time', why: expect.stringMatching(/TZ=America\/Los_Angeles (\d) of \1/) });
    expect(tests['is the first']?.why).not.toContain('Kathmandu');
  });

  it('by a port that another copy has is named so', async () => {
    const port = await freePort();
    const listen = `await new Promise((done, fail) => { const server = require('node:net').createServer(); server.on('error', fail); server.listen(${port}, '127.0.0.1', () => setTimeout(() => server.close(done), 400)); });`;
    const repository = await desk.repository({ ...calm, 'test/server.test.js': testFile({ listens: listen }) });
    const { end, tests, result } = await desk.triage(repository, ['--test', 'listens', '--rate', '30%', '--modes', 'file,parallel']);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['listens']).toMatchObject({ class: 'port', why: expect.stringContaining('EADDRINUSE') });
    expect(tests['listens']?.modes.find(({ mode }) => mode === 'suite')).toMatchObject({ failures: 0 });
  });

  it('under load is named so', async () => {
    const slow = `${crowd} assert.ok(crowd <= require('node:os').cpus().length + 1, crowd + ' want a processor');`;
    const repository = await desk.repository({ ...calm, 'test/slow.test.js': testFile({ 'is in time': slow }) });
    const { tests, end, result } = await desk.triage(repository, ['--test', 'is in time', '--rate', '30%', '--modes', 'load,file']);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['is in time'], JSON.stringify(tests)).toMatchObject({ class: 'load' });
  });

  it('by what the floor keeps from it is named so', async () => {
    const away = `${failsWhen('net', 'false')} if (n % 2 === 0) await require('node:dns').promises.lookup('nowhere.invalid');`;
    const repository = await desk.repository({ ...calm, 'test/net.test.js': testFile({ 'asks around': away }) });
    const { tests, end, result } = await desk.triage(repository, ['--test', 'asks around', '--rate', '30%', '--modes', 'suite']);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['asks around']).toMatchObject({ class: 'environment', why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
  });

  it('because it hangs now and then is ended at its limit and counted', async () => {
    const hang = `${failsWhen('hang', 'false')} if (n % 4 === 0) await new Promise(() => setInterval(() => {}, 1000));`;
    const repository = await desk.repository({ ...calm, 'test/hang.test.js': testFile({ 'goes on': hang }) });
    const line = await impatientLine(desk.scene, '4s');
    const { tests, end, result } = await desk.triage(repository, [
      '--test',
      'goes on',
      '--rate',
      '30%',
      '--modes',
      'suite',
      '--line',
      line,
    ]);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(tests['goes on']?.modes[0]).toMatchObject({
      mode: 'suite',
      failures: 2,
      runs: 10,
      first: { message: expect.stringMatching(/did not end within [45] s/) },
    });
  });
});

describe('without a test that is named', () => {
  it('whichever change their outcome are looked at one by one, and skipped by one patch', async () => {
    const tests1 = testFile({ 'flips one': failsWhen('one', 'n % 2 === 0'), 'never does': '', 'always does': 'assert.fail("no");' });
    const tests2 = testFile({ 'flips two': failsWhen('two', 'n % 3 === 0') });
    const repository = await desk.repository({ 'test/one.test.js': tests1, 'test/two.test.js': tests2 });
    const { tests, end, patch, quarantine, result } = await desk.triage(repository, ['--rate', '30%', '--modes', 'suite,alone']);
    expect(end, result.reason.message).toBe('ESCALATE flaky');
    expect(Object.keys(tests)).toEqual(['flips one', 'flips two']);
    expect(tests['flips one']?.modes).toMatchObject([
      { mode: 'suite', failures: 5, runs: 10 },
      { mode: 'alone', failures: 5, runs: 10 },
    ]);
    expect(quarantine).toMatchObject({ outcome: 'holds' });
    expect(patch).toContain("+test.skip('flips one'");
    expect(patch).toContain("+test.skip('flips two'");
  });
});
