/** Name of the variable that every command of a workspace carries; whatever runs with it, or below it, is a job's. */
export const floorMark = 'JIDOKA_JOB';
