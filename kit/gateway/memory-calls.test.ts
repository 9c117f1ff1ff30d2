import { redact } from '../../src/core/base/redact.ts';
import { callLedgerContract } from './calls-contract.ts';
import { memoryCalls } from './memory-calls.ts';

callLedgerContract('calls in memory', async () => {
  const { recorder, ledger } = memoryCalls(redact);
  return { ledger, kept: async (work) => work(recorder) };
});
