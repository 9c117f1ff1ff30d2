import { cheatsUnder } from './cheats-under.ts';

cheatsUnder('node:test');
