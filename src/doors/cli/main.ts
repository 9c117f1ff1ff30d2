#!/usr/bin/env node
import module from 'node:module';

// From Node 22.1 on: keeps compiled code between starts. Before the rest is loaded, or it keeps nothing.
if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache();

const { cli, processWorld } = await import('./index.ts');

process.exitCode = await cli(process.argv.slice(2), processWorld());
// A handle that a library forgot must not hold the shell; the timer itself holds nothing.
setTimeout(() => process.exit(), 3000).unref();
