import { cheatsUnder } from './cheats-under.ts';

cheatsUnder('mocha');
