export { answer, streams as answerStreams, wholes as wholeAnswers, signature as upstreamSignature } from './answers.ts';
export { heardStream, heardWhole } from './hear.ts';
export {
  type Lane,
  lanePairs,
  tonguePairs,
  type LaneTongue,
  type LaneProtocol,
  laneProtocols,
  laneUpstream,
  laneWorld,
  type LaneUpstream,
} from './lane.ts';
export { modelBudgetsContract, type OpenBudgets } from './budgets-contract.ts';
export { modelLimitsContract } from './limits-contract.ts';
export { type KeysInUse, virtualKeysContract } from './keys-contract.ts';
export { replyContract } from './reply-contract.ts';
export { requestContract } from './request-contract.ts';
export { requests as storyRequests, story } from './story.ts';
export { toldTo } from './told.ts';
export { type CallsInUse, callLedgerContract, recordedCall } from './calls-contract.ts';
export { memoryCalls } from './memory-calls.ts';
export { modelSettingsContract, type SettingsInUse } from './settings-contract.ts';
export { type Bedrock, type BedrockAnswer, bedrockUsage, startBedrock } from './bedrock.ts';
export { startVertex, type Vertex } from './vertex.ts';
