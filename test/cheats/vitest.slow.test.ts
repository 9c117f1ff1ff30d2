import { cheatsUnder } from './cheats-under.ts';

cheatsUnder('vitest');
