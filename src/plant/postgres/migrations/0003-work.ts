import { sql, type Kysely } from 'kysely';
import { beatAndReap } from './work-beat.ts';
import { claim } from './work-claim.ts';
import { limits } from './work-limits.ts';
import { plan } from './work-plan.ts';

/** What is to be done, by whom, and what keeps it waiting. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await works(db);
  await steps(db);
  await operators(db);
  await executors(db);
  for (const text of [...limits, ...plan, ...claim, ...beatAndReap]) await sql.raw(text).execute(db);
}

async function works(db: Kysely<unknown>): Promise<void> {
  // Inputs and outputs are `json`, not `jsonb`: they come back as they were written, whatever characters they hold.
  // `lineage` is the work itself and those that wait for it, so that a caller finds all that belongs to what it asked for.
  await sql`
    create table jidoka.work (
      id text collate "C" primary key,
      ordinal bigint generated always as identity,
      kind text not null check (kind in ('run', 'request', 'schedule')),
      line text collate "C" not null,
      repository text collate "C" not null,
      parent text collate "C",
      lineage text[] collate "C" not null,
      input json not null,
      state text not null default 'open' check (state in ('open', 'ended', 'failed')),
      output json,
      failure text not null default '',
      created_at timestamptz not null default now(),
      ended_at timestamptz
    )`.execute(db);
  await sql`create index work_newest on jidoka.work (ordinal desc)`.execute(db);
  await sql`create index work_open on jidoka.work (ordinal desc) where state <> 'ended'`.execute(db);
  await sql`create index work_parent on jidoka.work (parent) where parent is not null`.execute(db);
}

async function steps(db: Kysely<unknown>): Promise<void> {
  // `later` waits for its time, `due` to be taken, `halted` for its failed work to be tried again. `keys` holds all that may
  // keep it waiting, each with what it is: 's ' a slot, 'r ' a rate, 'p ' a pause, 'v ' results waiting for review.
  // Lanes are places of their own in a process: 1 for control, 2 for requests, 3 for all else.
  await sql`
    create table jidoka.step (
      work text collate "C" not null references jidoka.work (id) on delete cascade,
      id text collate "C" not null,
      seq bigint generated always as identity,
      state text collate "C" not null check (state in ('later', 'due', 'held', 'halted')),
      queue text collate "C" not null,
      lane integer not null,
      slots text[] collate "C" not null,
      rates text[] collate "C" not null,
      scopes text[] collate "C" not null,
      starts boolean not null,
      keys text[] collate "C" not null,
      labels text[] collate "C" not null,
      lineage text[] collate "C" not null,
      priority integer not null,
      not_before timestamptz,
      put_at timestamptz not null,
      due_at timestamptz not null,
      executor text collate "C",
      token uuid,
      held_at timestamptz,
      reclaims integer not null default 0,
      lost text[] collate "C" not null default '{}',
      primary key (work, id),
      check ((state = 'held') = (token is not null) and (token is null) = (executor is null))
    )`.execute(db);
  await sql`create index step_due on jidoka.step (lane, priority, due_at, seq) where state = 'due'`.execute(db);
  await sql`create index step_later on jidoka.step (due_at) where state = 'later'`.execute(db);
  await sql`create index step_held on jidoka.step (executor) where state = 'held'`.execute(db);
}

async function operators(db: Kysely<unknown>): Promise<void> {
  await sql`create table jidoka.start_log (key text collate "C" not null, at timestamptz not null)`.execute(db);
  await sql`create index start_log_window on jidoka.start_log (key, at)`.execute(db);
  await sql`create index start_log_age on jidoka.start_log (at)`.execute(db);
  await sql`
    create table jidoka.work_limit (
      key text collate "C" primary key,
      at_once integer,
      rate_count integer,
      rate_seconds double precision,
      by text not null check (by in ('operator', 'line')),
      check ((rate_count is null) = (rate_seconds is null))
    )`.execute(db);
  await sql`
    create table jidoka.pause (scope text collate "C" primary key, why text not null, by text not null, at timestamptz not null)`.execute(
    db,
  );
  await sql`
    create table jidoka.review (
      id text collate "C" primary key,
      run text collate "C" not null,
      line text collate "C" not null,
      what text not null,
      since timestamptz not null default now(),
      closed_at timestamptz,
      closed_by text
    )`.execute(db);
  await sql`create index review_open on jidoka.review (line, since) where closed_at is null`.execute(db);
}

async function executors(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table jidoka.executor
      add column role text not null default 'idle' check (role in ('worker', 'caller', 'idle')),
      add column name text not null default '',
      add column host text not null default '',
      add column version text not null default '',
      add column queues text[],
      add column labels text[] not null default '{}',
      add column at_once integer not null default 0,
      add column beat bigint not null default 0`.execute(db);
}
