// A load that costs little itself: connections that send one request after the other, each when the answer to the last is whole.
import { connect } from 'node:net';

/**
 * Sends so many requests over so many connections, and returns when all are answered with 200.
 *
 * @param {{ url: string, path: string, headers: Readonly<Record<string, string>> }} place
 * @param {{ times: number, atOnce: number, bodyOf: (left: number) => Buffer }} what
 */
export async function sendAll({ url, path, headers }, { times, atOnce, bodyOf }) {
  const { hostname, port, host } = new URL(url);
  let left = times;
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  /** @returns {Buffer | null} */
  const next = () => {
    if (left === 0) return null;
    left -= 1;
    const body = bodyOf(left);
    const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n${own.join('')}content-length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  };
  await Promise.all(Array.from({ length: atOnce }, () => connection({ host: hostname, port: Number(port) }, next)));
}

/**
 * @param {{ host: string, port: number }} to
 * @param {() => Buffer | null} next
 * @returns {Promise<void>}
 */
function connection(to, next) {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, noDelay: true });
    let heard = Buffer.alloc(0);
    const go = () => {
      const request = next();
      if (request !== null) return void socket.write(request);
      socket.end();
      resolve();
    };
    socket.on('connect', go);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${to.host}:${to.port} hung up`)));
    socket.on('data', (chunk) => {
      heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
      const end = endOf(heard);
      if (end === null) return;
      if (heard.toString('latin1', 9, 12) !== '200')
        return void socket.destroy(new Error(`${to.port} answered ${heard.toString('latin1', 0, 400)}`));
      heard = heard.subarray(end);
      go();
    });
  });
}

/**
 * Where the first answer ends, by its length or its last chunk; null where it has not ended.
 *
 * @param {Buffer} heard
 */
function endOf(heard) {
  const head = heard.indexOf('\r\n\r\n');
  if (head === -1) return null;
  const [, length] = /^content-length: *(\d+)/im.exec(heard.toString('latin1', 0, head)) ?? [];
  if (length !== undefined) return heard.length >= head + 4 + Number(length) ? head + 4 + Number(length) : null;
  const last = heard.indexOf('\r\n0\r\n\r\n', head + 2);
  return last === -1 ? null : last + 7;
}
