import type { Migration } from 'kysely';
import * as events from './0001-events.ts';
import * as executors from './0002-executors.ts';
import type { MigrationName } from './names.ts';

export const migrations: Readonly<Record<MigrationName, Migration>> = {
  '0001-events': events,
  '0002-executors': executors,
};
