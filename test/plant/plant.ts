import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingWorld } from '../../kit/factory/index.ts';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { npmProject, runCommand, startCommand, type Ended, type Running } from '../../kit/scenario/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import { verifyEvidence } from '../../src/core/evidence/verify.ts';
import type { Factory, RunRequest } from '../../src/core/ports/factory.ts';
import { unconfined } from '../../src/core/ports/floor.ts';
import { cli } from '../../src/doors/cli/index.ts';
import { createFactory } from '../../src/factory.ts';
import { openDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { giveCluster } from '../cluster/give-cluster.ts';
import { forgetHome } from '../scenarios/forget-home.ts';
import { lineOf, type Stages } from './line-of.ts';

/** A whole plant on one machine: a database server, and homes that know nothing of each other but its URL. */
export interface Plant {
  readonly folder: string;
  /** Database that commands use unless told otherwise. */
  readonly url: string;
  /** The factory on it as this process sees it, which does no work. */
  readonly factory: Factory;
  /** Another empty database of the server. */
  freshUrl(): Promise<string>;
  /** A project whose suite is one test, and its repository of one commit. */
  project(files?: Readonly<Record<string, string>>): Promise<MadeRepository>;
  /** Writes a line file and returns its path. */
  line(name: string, stages: Stages, more?: object): Promise<string>;
  /** Gives a command line to the factory within this process, which does no work of it. */
  ask(args: readonly string[]): Promise<Ended>;
  /** Runs a command line in a process of its own, to its end. */
  jidoka(args: readonly string[], where?: Where): Promise<Ended>;
  start(args: readonly string[], where?: Where): Running;
  /** Starts a worker and waits until it serves. */
  worker(options: readonly string[], where?: Where): Promise<Running>;
  /** Starts the daemon of a home; it is stopped with the plant. */
  up(options?: readonly string[], where?: Where): Promise<{ readonly pid: number; readonly url: string; readonly log: string }>;
  /** Leaves a task for whatever worker comes, from within this process. Returns once a worker has made a run of it. */
  leave(task: Task): Promise<string>;
  /** Waits for the first event, old or new, that the question is true for. */
  event(question: (event: LedgerEvent) => boolean, factory?: Factory): Promise<LedgerEvent>;
  /** Ends every process that this plant has started and that lives; daemons go on. */
  rest(): Promise<void>;
  /** Opens a factory for looking on, which is closed with the plant. */
  look(home: string, databaseUrl: string | null): Promise<Factory>;
  close(): Promise<void>;
}

export interface Where {
  /** Name of the home, as of a machine. */
  readonly home?: string;
  /** URL of another database; null for the home's own. */
  readonly database?: string | null;
  readonly env?: Readonly<Record<string, string>>;
}

/** A task of a scenario. */
export interface Task {
  /** Path of its line file. */
  readonly line: string;
  readonly title: string;
  readonly repository: string;
  readonly priority?: number;
  /** ISO time. */
  readonly notBefore?: string;
}

/** Opens a plant. */
export async function openPlant(): Promise<Plant> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-plant-'));
  const server = await openServer(join(folder, 'server'));
  const url = await server.freshUrl();
  const homes = new Set<string>(['server', 'eyes']);
  const closings: (() => Promise<unknown>)[] = [];
  const [env, fleet] = [cleanEnvironment(folder), new Set<Running>()];
  const setting = ({ home = 'home', database = url, env: more = {} }: Where = {}) => {
    homes.add(home);
    const where = { JIDOKA_HOME: join(folder, home), ...(database === null ? {} : { JIDOKA_DATABASE_URL: database }) };
    return { cwd: folder, env: { ...env, ...where, ...more } };
  };
  const look: Plant['look'] = async (home, databaseUrl) => {
    homes.add(home);
    const place = { home: join(folder, home), databaseUrl, postgresBin: process.env['JIDOKA_PG_BIN'] ?? null };
    const factory = await createFactory({ ...place, floor: unconfined, env, version: '0.0.0-test', log: () => {} });
    closings.push(() => factory.close());
    return factory;
  };
  const start: Plant['start'] = (args, where) => {
    const running = startCommand(args, setting(where));
    fleet.add(running);
    void running.ended.finally(() => fleet.delete(running));
    return running;
  };
  const rest = async (): Promise<void> => {
    const all = [...fleet];
    for (const running of all) for (const signal of ['SIGCONT', 'SIGKILL'] as const) running.kill(signal);
    await Promise.all(all.map(({ ended }) => ended));
  };
  const factory = await look('eyes', url);
  let made = 0;
  return {
    folder,
    url,
    factory,
    freshUrl: server.freshUrl,
    project: (files = {}) => makeRepository({ ...project, ...files }, { folder: join(folder, `project-${(made += 1)}`) }),
    line: async (name, stages, more) => {
      const path = join(folder, `${name}.yaml`);
      await writeFile(path, JSON.stringify(lineOf(name, stages, more)));
      return path;
    },
    ask: async (args) => {
      const world = new RecordingWorld({ ...setting(), factory: { ...factory, close: async () => {} }, verify: verifyEvidence });
      const code = await cli(args, world);
      return { code, signal: null, stdout: world.stdout.text, stderr: world.stderr.text };
    },
    jidoka: (args, where) => runCommand(args, setting(where)),
    start,
    worker: async (options, where) => {
      const worker = start(['worker', ...options], where);
      await worker.says((line) => line.startsWith('Serves'));
      return worker;
    },
    up: async (options = [], where) => {
      const { code, stdout, stderr } = await runCommand(['up', '--port', '0', '--json', ...options], setting(where));
      if (code !== 0) throw new Error(`The daemon did not start: ${stdout}${stderr}`);
      closings.push(() => runCommand(['down'], setting(where)));
      return JSON.parse(stdout);
    },
    leave: async ({ notBefore, ...task }) => {
      const { request } = await factory.submit(await requestOf(task), notBefore === undefined ? {} : { notBefore });
      const { body } = await firstEvent(factory, ({ body: each }) => each.type === 'request.taken' && each.request === request);
      return body.type === 'request.taken' ? (body.runs[0] ?? '') : '';
    },
    event: (question, from = factory) => firstEvent(from, question),
    rest,
    look,
    close: async () => {
      await rest();
      for (const closing of closings.toReversed()) await closing();
      await server.close();
      for (const home of homes) await forgetHome(join(folder, home));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const { 'package.json': manifest = '', ...files } = npmProject({});
const root = { name: 'shop', version: '1.0.0' };
const project = {
  ...files,
  'package.json': manifest,
  'package-lock.json': JSON.stringify({ ...root, lockfileVersion: 3, requires: true, packages: { '': root } }),
};

function cleanEnvironment(folder: string): Readonly<Record<string, string>> {
  const { PATH = '', JIDOKA_PG_BIN } = process.env;
  return {
    PATH,
    HOME: folder,
    TMPDIR: tmpdir(),
    NO_COLOR: '1',
    JIDOKA_FLOOR: 'host',
    ...(JIDOKA_PG_BIN === undefined ? {} : { JIDOKA_PG_BIN }),
  };
}

async function requestOf({ line, title, repository, priority = 100 }: Task): Promise<RunRequest> {
  const subject = { kind: 'task', key: null, title, body: '', paths: null } as const;
  const lineFile = { path: line, text: await readFile(line, 'utf8') };
  const usual = { to: null, scope: 'all', dryRun: false, again: false, advisories: [], actor: 'test' } as const;
  return { ...usual, line: 'task', repository, subject, lineFile, priority };
}

/** A server beside the homes, reached by URL alone. */
async function openServer(home: string): Promise<{ freshUrl(): Promise<string>; close(): Promise<void> }> {
  const log = (): void => {};
  await giveCluster(home);
  const base: Database = await openDatabase({ home, url: null, binDir: process.env['JIDOKA_PG_BIN'] ?? null, log, env: process.env });
  let made = 0;
  return {
    freshUrl: async () => {
      const name = `plant_${(made += 1)}`;
      await base.pool.query(`create database ${name}`);
      return base.url.replace('/jidoka?', `/${name}?`);
    },
    close: () => base.close(),
  };
}

async function firstEvent({ feed }: Factory, question: (event: LedgerEvent) => boolean): Promise<LedgerEvent> {
  const never = new AbortController().signal;
  for (let cursor: string | null = null; ;) {
    const page = await feed.after(cursor, { limit: 1000 });
    const found = page.events.find(({ event }) => question(event));
    if (found !== undefined) return found.event;
    cursor = page.cursor;
    if (page.events.length === 0) await feed.wait(1000, never);
  }
}
