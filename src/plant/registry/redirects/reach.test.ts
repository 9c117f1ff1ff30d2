import { expect, test } from 'vitest';
import { reachOf } from './reach.ts';

test.each([
  [
    'here',
    [
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '169.254.169.254',
      '::1',
      '::',
      'fe80::1',
      '::ffff:127.0.0.1',
      '::ffff:169.254.169.254',
      'fd00:ec2::254',
      '100.100.100.200',
      '224.0.0.1',
      '255.255.255.255',
      'localhost',
      '',
    ],
  ],
  [
    'private',
    ['10.0.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ],
  ['public', ['1.1.1.1', '172.32.0.1', '104.16.0.35', '2606:4700::6810:23', '::ffff:1.1.1.1']],
] as const)('%s addresses are told from others', (reach, addresses) => {
  for (const address of addresses) expect([address, reachOf(address)]).toEqual([address, reach]);
});
