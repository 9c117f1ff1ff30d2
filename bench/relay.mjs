// What one more process of Node between two costs at the least: it hands bytes on and reads nothing of them. relay.mjs UPSTREAM PORT
import { connect, createServer } from 'node:net';

const [, , target = '', port = '0'] = process.argv;
const { hostname, port: upstream } = new URL(target);
createServer({ noDelay: true }, (caller) => {
  const answering = connect({ host: hostname, port: Number(upstream), noDelay: true });
  for (const [from, to] of /** @type {const} */ ([
    [caller, answering],
    [answering, caller],
  ])) {
    from.on('data', (bytes) => void to.write(bytes));
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
  }
}).listen(Number(port), '127.0.0.1');
