export { chain, sampleBodies, sampleBundle, sampleLine, samplePacket, sampleSeed, sha256 } from './sample-run.ts';
