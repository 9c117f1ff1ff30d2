import { replyContract, requestContract } from '../../../../kit/gateway/index.ts';
import { replyStream, replyWhole, translate } from './index.ts';

const lane = { translate, replyStream, replyWhole };

requestContract(lane);
replyContract(lane);
