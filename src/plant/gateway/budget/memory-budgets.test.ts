import { modelBudgetsContract } from '../../../../kit/gateway/index.ts';
import { memoryBudgets } from './memory-budgets.ts';

modelBudgetsContract('model budgets in memory', async (options) => memoryBudgets(options));
