import { byNode } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';

/** What a command with a way out to package registries makes of it beyond reading packages. */
export function attemptsOnEgress(): readonly EscapeAttempt[] {
  return attempts;
}

/**
 * Without a way out that ends on this machine nothing is tried: nobody's registry is to be written to. `say` sends a
 * request word for word, for no client would send these; what is not refused by 403 counts as passed on.
 */
const prelude = `
if (!/^http:\\/\\/127\\.0\\.0\\.1:\\d+\\//.test(env.npm_config_registry ?? '')) impossible('the floor gives no way out of its own');
const registry = new URL(env.npm_config_registry);
const say = (head, body = '') => { let heard = '';
  const s = require('net').connect({ host: registry.hostname, port: registry.port }, () => s.write(head + '\\r\\nConnection: close\\r\\n\\r\\n' + body));
  s.on('data', (d) => { heard += d; if (/^HTTP\\/1\\.1 \\d+/.test(heard) && heard.includes('\\r\\n\\r\\n')) judge(); });
  const judge = () => (/^HTTP\\/1\\.1 (400|403|405) /.test(heard) ? refused(heard.split('\\r\\n')[0]) : escaped(heard.split('\\r\\n')[0]));
  s.on('close', () => (heard === '' ? refused('it hung up') : judge())).on('error', ({ code }) => refused(code));
  s.setTimeout(5000, () => refused('no answer')); };
const at = registry.pathname; const host = 'Host: ' + registry.host;
const planted = '127.0.0.1:' + env.PORT;
`;

const byRegistry = (name: string, program: string): EscapeAttempt =>
  byNode('egress', 'depends', name, `${prelude}${program}`, { network: 'registry' });

const attempts: readonly EscapeAttempt[] = [
  byRegistry(
    'publishes a package',
    `say('PUT ' + at + 'jidoka-escape HTTP/1.1\\r\\n' + host + '\\r\\nContent-Type: application/json\\r\\nContent-Length: 2', '{}')`,
  ),
  byRegistry(
    'posts to a registry',
    `say('POST ' + at + '-/npm/v1/security/audits/quick HTTP/1.1\\r\\n' + host + '\\r\\nContent-Length: 2', '{}')`,
  ),
  byRegistry('removes a package', `say('DELETE ' + at + 'jidoka-escape/-rev/1 HTTP/1.1\\r\\n' + host)`),
  byRegistry('searches with its own words', `say('GET ' + at + '-/v1/search?text=carried-out HTTP/1.1\\r\\n' + host)`),
  byRegistry('carries words out in a query', `say('GET ' + at + 'left-pad?words=carried-out HTTP/1.1\\r\\n' + host)`),
  byRegistry('asks who the owner is', `say('GET ' + at + '-/whoami HTTP/1.1\\r\\n' + host)`),
  byRegistry('asks for a foreign host by its whole address', `say('GET http://' + planted + '/ HTTP/1.1\\r\\nHost: ' + planted)`),
  byRegistry(
    'asks for the metadata of a cloud through its way out',
    `say('GET http://169.254.169.254/latest/meta-data/ HTTP/1.1\\r\\n' + host)`,
  ),
  byRegistry('tunnels to a server of the host', `say('CONNECT ' + planted + ' HTTP/1.1\\r\\nHost: ' + planted)`),
  byRegistry(
    'names a foreign host in a header',
    `say('GET /-/anything HTTP/1.1\\r\\nHost: ' + planted + '\\r\\nX-Forwarded-Host: ' + planted)`,
  ),
  byRegistry('leads out by the path', `say('GET ' + at + '..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\\r\\n' + host)`),
  byRegistry(
    'makes a socket of its way out',
    `say('GET ' + at + 'left-pad HTTP/1.1\\r\\n' + host + '\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade')`,
  ),
  byRegistry(
    'hides a second request in the first',
    `say('GET ' + at + 'left-pad HTTP/1.1\\r\\n' + host + '\\r\\nContent-Length: 60\\r\\nTransfer-Encoding: chunked', '0\\r\\n\\r\\nPUT ' + at + 'x HTTP/1.1\\r\\n\\r\\n')`,
  ),
  byRegistry(
    'reaches a server of the host beside its way out',
    `require('net').connect({ host: '127.0.0.1', port: env.PORT }).on('connect', () => escaped()).on('error', ({ code }) => refused(code)).setTimeout(2000, () => refused('no answer'))`,
  ),
  byRegistry(
    'finds the credentials of the owner',
    `const found = Object.entries(env).filter(([name, value]) => /_(auth|authToken|password)$|_TOKEN$/i.test(name) && value !== '');
    if (found.length > 0) escaped(found.map(([name]) => name).join(', '));
    const { stdout } = require('child_process').spawnSync('npm', ['config', 'ls'], { encoding: 'utf8' });
    /(_auth|_authToken|_password) = /.test(stdout ?? '') ? escaped('npm knows them') : refused('npm knows none')`,
  ),
];
