/** Every migration in order; forward only. Kept apart from their bodies, so that looking costs nothing. */
export const migrationNames = ['0001-events', '0002-executors'] as const;
export type MigrationName = (typeof migrationNames)[number];
