import type { FieldError } from '../../domain/errors.ts';
import { chargeProblem, currencies } from '../../domain/money.ts';

/** Why this amount cannot be charged in this currency; `pointer` is where the request names the amount. */
export function chargeProblems(
  { amount, currency }: { amount: number; currency: string },
  pointer = '/amount',
): FieldError[] {
  if (!Object.hasOwn(currencies, currency)) return [{ pointer: '/currency', detail: 'is not supported' }];
  const problem = chargeProblem(amount, currency);
  return problem === null ? [] : [{ pointer, detail: problem }];
}
