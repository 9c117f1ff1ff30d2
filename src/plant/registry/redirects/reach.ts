import { BlockList, isIP } from 'node:net';

/** How far an address is from this machine: on it or its link, in its owner's network, or out in the world. */
export type Reach = 'here' | 'private' | 'public';

/** Tells the reach of an IP address; what is no address is here, because nothing is known to be out there. */
export function reachOf(address: string): Reach {
  const family = isIP(address);
  if (family === 0) return 'here';
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (here.check(address, type)) return 'here';
  return inside.check(address, type) ? 'private' : 'public';
}

/** This machine, its link with the metadata services of clouds, and what is no host at all. */
const here = listOf({
  ipv4: ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'],
  ipv6: ['::/127', 'fe80::/10', 'ff00::/8', 'fd00:ec2::/32', 'fd20:ce::/32'],
});

const inside = listOf({
  ipv4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', '192.0.0.0/24'],
  // With the ways to write an address of version 4 in one of version 6 that a translator may undo.
  ipv6: ['fc00::/7', 'fec0::/10', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'],
});

function listOf(nets: Readonly<Record<'ipv4' | 'ipv6', readonly string[]>>): BlockList {
  const list = new BlockList();
  for (const type of ['ipv4', 'ipv6'] as const) {
    for (const [net = '', bits] of nets[type].map((text) => text.split('/'))) list.addSubnet(net, Number(bits), type);
  }
  return list;
}
