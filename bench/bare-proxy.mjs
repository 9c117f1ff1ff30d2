// A proxy that hands on and does nothing else: bare-proxy.mjs UPSTREAM PORT, with http-proxy from the folder that it is started in.
import { Agent, createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , target = '', port = '0'] = process.argv;
const httpProxy = createRequire(join(process.cwd(), 'package.json'))('http-proxy');
const proxy = httpProxy.createProxyServer({ target, agent: new Agent({ keepAlive: true }) });
createServer({ keepAliveTimeout: 65_000 }, (request, response) => proxy.web(request, response)).listen(Number(port), '127.0.0.1');
