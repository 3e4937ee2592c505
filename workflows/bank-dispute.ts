import type { BankDisputeInput, BankDisputeState } from '../domain/bank-dispute/bank-dispute.ts';
import type { Start } from './contract.ts';
import { liveAsWorkflow } from './world.ts';

/**
 * One dispute at a payer's bank: waits for people, submits the evidence before the bank's deadline and follows the
 * dispute to its end. Its money is its agreement's story. Answers the bank's last word, such as `won`.
 */
export function dispute(start: Start<BankDisputeInput, BankDisputeState>): Promise<string> {
  return liveAsWorkflow('dispute', start);
}
