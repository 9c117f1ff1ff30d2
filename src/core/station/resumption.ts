/**
 * How the work of a station goes on after the factory was killed: `attached` to its own process, which lived on; in a new
 * process with the `session` of the old one; with the report that had been `reported` already; by the station that it had
 * been `handed-over` to, in the same tree; or `begun-anew`, from the base.
 */
export type Resumption = 'attached' | 'session' | 'reported' | 'handed-over' | 'begun-anew';
