import { byNode, bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

/** Servers of the host and of the world, and sockets that are files. */
export function attemptsOnNetwork(): readonly EscapeAttempt[] {
  return [...onNetwork, ...onSockets];
}

const connect = (where: string): string =>
  `require('net').connect(${where}).on('connect', () => escaped()).on('error', ({ code }) => refused(code)).setTimeout(2000, () => refused('no answer'))`;

const datagram = (kind: 'udp4' | 'udp6', address: string, port: string): string =>
  `const s = require('dgram').createSocket('${kind}'); s.on('error', ({ code }) => refused(code)); s.on('message', () => escaped());
  s.send('x', Number(${port}), ${address}, (e) => e && refused(e.code)); setTimeout(() => refused('no answer'), 400)`;

const ask = `const r = new (require('dns').Resolver)({ timeout: 300, tries: 1 });
  const silent = ['ETIMEOUT', 'ECONNREFUSED', 'EACCES', 'EPERM', 'ENOTIMP'];
  const heard = (e) => (e && silent.includes(e.code) ? refused(e.code) : escaped(e ? e.code : ''));`;

const onNetwork: readonly EscapeAttempt[] = [
  byNode('network', 'yes', 'reaches a server of the host by TCP', connect(`{ host: '127.0.0.1', port: env.PORT }`)),
  byNode(
    'network',
    'depends',
    'reaches a server of the host by TCP over IPv6',
    `if (env.IPV6 !== 'yes') impossible('the host has no IPv6'); ${connect(`{ host: '::1', port: env.PORT }`)}`,
  ),
  byNode(
    'network',
    'yes',
    'reaches a server of the host by TCP in the dress of IPv6',
    connect(`{ host: '::ffff:127.0.0.1', port: env.PORT }`),
  ),
  byNode(
    'network',
    'depends',
    'reaches a server of the host at any of its addresses',
    `const net = require('net'); const all = env.ADDRESSES.split(' ').filter(Boolean); if (all.length === 0) impossible('the host has none');
    let left = all.length; const one = () => (left -= 1) || refused('at none of ' + all);
    for (const host of all) { const s = net.connect({ host, port: env.PORT }).on('connect', () => escaped(host)).on('error', one);
      s.setTimeout(2000, () => s.destroy(new Error())); }`,
  ),
  bySh(
    'network',
    'depends',
    'reaches a server of the host by a shell',
    `need bash; bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$PORT" && read -r -n 1 -t 2 _ <&3' && escaped`,
  ),
  byNode('network', 'yes', 'reaches a server of the host by UDP', datagram('udp4', `'127.0.0.1'`, 'env.UDP')),
  byNode(
    'network',
    'depends',
    'reaches a server of the host by UDP over IPv6',
    `if (env.IPV6 !== 'yes') impossible('the host has no IPv6'); ${datagram('udp6', `'::1'`, 'env.UDP')}`,
  ),
  byNode('network', 'depends', 'asks for the metadata of a cloud', connect(`{ host: '169.254.169.254', port: 80 }`)),
  byNode(
    'network',
    'depends',
    'asks a name server by itself',
    `${ask} r.setServers(['127.0.0.1:' + env.UDP]); r.resolve4('example.com', heard)`,
  ),
  byNode('network', 'depends', 'asks the name servers that it is told', `${ask} r.resolve4('example.com', heard)`),
  byNode(
    'network',
    'depends',
    'has the system look up a name',
    `require('dns').lookup('example.com', (e, at) => (e ? refused(e.code) : escaped(at)))`,
  ),
  bySh('network', 'depends', 'finds name servers', `grep -q ^nameserver /etc/resolv.conf && escaped`),
  bySh('network', 'depends', 'finds a route', `[ "$(wc -l </proc/net/route)" -gt 1 ] && escaped`),
  bySh('network', 'no', 'sends ICMP', `need perl; perl -e 'socket(S, 2, 3, 1) or exit 1' && escaped`),
  bySh('network', 'no', 'reads the network raw', `need perl; perl -e 'socket(S, 17, 3, 768) or exit 1' && escaped`),
  bySh(
    'network',
    'depends',
    'talks to the machine below',
    `need perl; perl -e 'socket(S, 40, 1, 0) or exit 1; connect(S, pack("SSLLx4", 40, 0, 22, 2)) or exit 1' && escaped`,
  ),
];

const onSockets: readonly EscapeAttempt[] = [
  byNode('sockets', 'yes', 'connects to a socket like that of Docker', connect(`env.ROOT + '/factory/docker.sock'`)),
  byNode('sockets', 'depends', 'connects to the socket of Docker itself', connect(`'/var/run/docker.sock'`)),
  byNode('sockets', 'yes', 'connects to a socket that has but a name', connect(`'\\0' + env.ABSTRACT`)),
  byNode(
    'sockets',
    'yes',
    'connects to a socket through a link of its own',
    `const fs = require('fs'); fs.rmSync('plug', { force: true }); fs.symlinkSync(env.ROOT + '/factory/docker.sock', 'plug'); ${connect(`'plug'`)}`,
  ),
  bySh('sockets', 'depends', 'finds sockets of the system', `[ -n "$(find /run /var/run -type s 2>/dev/null)" ] && escaped`),
];
