// Loaded before a program that would listen for the whole network: here it listens on this machine alone.
import { Server } from 'node:net';

const listen = /** @type {(this: Server, ...given: unknown[]) => Server} */ (Server.prototype.listen);

/** @type {(this: Server, ...given: unknown[]) => Server} */
function listenHere(where, ...more) {
  const port = typeof where === 'object' && where !== null && 'port' in where ? where.port : where;
  return listen.call(
    this,
    { port, host: '127.0.0.1' },
    more.find((one) => typeof one === 'function'),
  );
}
Server.prototype.listen = listenHere;
