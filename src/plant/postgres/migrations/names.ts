/** Every migration in order; forward only. Kept apart from their bodies, so that looking costs nothing. */
export const migrationNames = [
  '0001-events',
  '0002-executors',
  '0003-work',
  '0004-feed',
  '0005-blobs',
  '0006-credentials',
  '0007-model-keys',
  '0008-model-budgets',
  '0009-model-calls',
  '0010-model-settings',
  '0011-model-health',
  '0012-model-purges',
  '0013-open-calls',
] as const;
export type MigrationName = (typeof migrationNames)[number];
