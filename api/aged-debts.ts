import type { AgreementState } from '../domain/kinds.ts';
import { durationMs } from '../domain/time.ts';
import type { Instant } from '../domain/time.ts';
import type { ApiPorts } from './ports.ts';

/** No policy tells of a debt sooner; what is younger need not be looked at. */
const youngestMs = 86_400_000;
const batch = 200;

/** Tells people, once, of debts that are older than their agreements' policy lets them be (B15). Answers how many. */
export async function alertAgedDebts({ store, clock }: ApiPorts): Promise<number> {
  const at = clock.now();
  let count = 0;
  for (const debt of await store.listAgedDebts({ olderThan: at - youngestMs, limit: batch })) {
    const { workflowId, account, currency, advanced, recovered, openedAt } = debt;
    const row = await store.findAgreement(workflowId);
    if (row === null || at < openedAt + patienceMs(row.state as AgreementState)) continue;
    const message = `${account} owes ${advanced - recovered} ${currency} for ${workflowId}`;
    await store.raiseAlert({ type: 'PROVIDER_DEBT', subject: workflowId, message, at });
    await store.markDebtAlerted(workflowId, at);
    count += 1;
  }
  return count;
}

/** A lesson's policy says nothing of debts; a month is what a booking's says by default. */
function patienceMs({ input }: AgreementState): Instant {
  const terms = 'policy' in input ? input.policy.terms : null;
  return durationMs(terms?.kind === 'booking' ? terms.debtAlertAfter : 'P30D');
}
