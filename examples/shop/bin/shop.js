#!/usr/bin/env node
'use strict';

const { run } = require('../src/command');

console.log(run(process.argv.slice(2)));
