import { describe, expect, it } from 'vitest';
import { JidokaError } from '../../core/base/error.ts';
import { databaseFault, isConnectionLoss } from './faults.ts';
import { faultOfOutput } from './cluster/server-log.ts';

const withCode = (code: string, message = 'said'): Error => Object.assign(new Error(message), { code });

describe('a database fault', () => {
  it.each([withCode('53100'), withCode('ENOSPC'), new Error('could not extend file "base/1": No space left on device')])(
    'tells a full disk: %s',
    (error) => {
      expect(databaseFault(error, '/data')).toMatchObject({ code: 'disk-full', mend: expect.stringContaining('room') });
    },
  );

  it.each([
    withCode('ECONNREFUSED'),
    withCode('57P01'),
    withCode('08006'),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([withCode('ECONNREFUSED')]),
  ])('tells a lost connection: %s', (error) => {
    expect(isConnectionLoss(error)).toBe(true);
    expect(databaseFault(error, '/data')).toMatchObject({ code: 'database-unavailable', message: expect.stringContaining('/data') });
  });

  it('leaves a wrong statement and a fault that is one already as they are', () => {
    const [wrong, fault] = [withCode('42601'), new JidokaError('disk-full', 'x', { mend: 'y' })];
    expect(databaseFault(wrong, '/data')).toBe(wrong);
    expect(databaseFault(fault, '/data')).toBe(fault);
    expect(isConnectionLoss(wrong)).toBe(false);
  });

  it('tells a full disk from what a program of PostgreSQL prints', () => {
    expect(faultOfOutput('initdb ended with 1', 'could not write: No space left on device', '')).toMatchObject({ code: 'disk-full' });
    expect(faultOfOutput('initdb ended with 1', 'could not look up user', 'do')).toMatchObject({
      code: 'database-unavailable',
      mend: 'do',
    });
  });
});
