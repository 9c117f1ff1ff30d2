import { modelBudgetsContract, modelLimitsContract } from '../../../../kit/gateway/index.ts';
import { memoryBudgets } from './memory-budgets.ts';

modelBudgetsContract('model budgets in memory', async (options) => memoryBudgets(options));
modelLimitsContract('limits in memory', async (options) => memoryBudgets(options));
