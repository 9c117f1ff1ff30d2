import type { RunnerName } from '../types.ts';
import type { Adapter } from './adapter.ts';
import { ava } from './ava.ts';
import { jest } from './jest.ts';
import { junit } from './junit.ts';
import { mocha } from './mocha.ts';
import { nodeTest } from './node-test.ts';
import { tap } from './tap.ts';
import { tape } from './tape.ts';
import { vitest } from './vitest.ts';

export const adapters: Readonly<Record<RunnerName, Adapter>> = { 'node:test': nodeTest, mocha, jest, vitest, tape, tap, ava, junit };
