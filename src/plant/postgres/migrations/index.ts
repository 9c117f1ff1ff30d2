import type { Migration } from 'kysely';
import * as events from './0001-events.ts';
import * as executors from './0002-executors.ts';
import * as work from './0003-work.ts';
import * as feed from './0004-feed.ts';
import * as blobs from './0005-blobs.ts';
import * as credentials from './0006-credentials.ts';
import * as modelKeys from './0007-model-keys.ts';
import * as modelBudgets from './0008-model-budgets.ts';
import * as modelCalls from './0009-model-calls.ts';
import * as modelSettings from './0010-model-settings.ts';
import * as modelHealth from './0011-model-health.ts';
import * as modelPurges from './0012-model-purges.ts';
import * as openCalls from './0013-open-calls.ts';
import type { MigrationName } from './names.ts';

export const migrations: Readonly<Record<MigrationName, Migration>> = {
  '0001-events': events,
  '0002-executors': executors,
  '0003-work': work,
  '0004-feed': feed,
  '0005-blobs': blobs,
  '0006-credentials': credentials,
  '0007-model-keys': modelKeys,
  '0008-model-budgets': modelBudgets,
  '0009-model-calls': modelCalls,
  '0010-model-settings': modelSettings,
  '0011-model-health': modelHealth,
  '0012-model-purges': modelPurges,
  '0013-open-calls': openCalls,
};
