import type { Plant } from './untrue.ts';
import { intentOf, lessonOf, rowOf, the } from './untrue.ts';

/** The invariants of what was written down (M11 to M21), each broken in a way that no other notices. */
export const untrueRecords: readonly Plant[] = [
  {
    breaks: 'M11',
    claim: 'Stripe has a payment of an agreement that does not exist',
    names: /pi_ghost of 450 usd names lesson:ghost, which does not exist/,
    plant(run) {
      const metadata = { workflow_id: 'lesson:ghost', operation: 'lesson:ghost:authorize' };
      run.stripe.paymentIntents.push({ id: 'pi_ghost', amount: 450, currency: 'usd', metadata } as never);
    },
  },
  {
    breaks: 'M12',
    claim: 'a transfer stands in no row of the audit',
    names: /:transfer has 0 effects in the audit, 1 in the journal/,
    plant(run, { soldBooking }) {
      const isIts = (key: string | null, action: string) =>
        key === `${soldBooking}:transfer` && action === 'effect';
      run.store.audit = run.store.audit.filter(({ operationKey, action }) => !isIts(operationKey, action));
    },
  },
  {
    breaks: 'M12',
    claim: 'a row of the audit was changed',
    names: /the chain does not hold at row 3/,
    plant(run) {
      run.store.auditBrokenAt = 3;
    },
  },
  {
    breaks: 'M13',
    claim: 'a refund was asked for without an intent',
    names: /req_bare asked for POST \/v1\/refunds .* which no intent names/,
    plant(run, { soldBooking }) {
      const idempotencyKey = `${soldBooking}:refund:9:1`;
      const bare = {
        id: 'req_bare', at: run.now, method: 'POST', path: '/v1/refunds', params: {}, idempotencyKey, account: null,
        status: 402, replayed: false, fault: null, effect: false,
      }; // prettier-ignore
      run.requests?.push(bare);
    },
  },
  {
    breaks: 'M14',
    claim: 'a key was used for another amount',
    names: /:transfer:1 stood for one request in req_\w+ and for another in req_other/,
    plant(run, { soldBooking }) {
      const first = the(run.requests ?? [], (one) => one.idempotencyKey === `${soldBooking}:transfer:1`);
      run.requests?.push({ ...first, id: 'req_other', params: { amount: '1' }, status: 400, effect: false });
    },
  },
  {
    breaks: 'M14',
    claim: 'a transfer was begun anew while nobody knew of the first',
    names: /:transfer:2 of 4500 usd was begun at .* while nobody knew what came of booking:\S+:transfer$/,
    plant(run, { soldBooking }) {
      const { audit, operations } = run.store;
      const key = `${soldBooking}:transfer`;
      const operationKey = `${key}:2`;
      const first = intentOf(run, key);
      const last = the(audit, (one) => one.action === 'effect' && one.operationKey === key);
      const again = {
        ...the(operations, (one) => one.key === key),
        key: operationKey,
        result: 'none' as const,
      };
      operations.push(again);
      audit.splice(audit.indexOf(last), 0, { ...first, operationKey });
      audit.push({ ...last, operationKey, action: 'no_effect' });
    },
  },
  {
    breaks: 'M15',
    claim: 'an event of Stripe’s was kept twice',
    names: /evt_\w+ stands 2 times in the inbox/,
    plant(run) {
      run.store.inbox.push(...run.store.inbox.slice(0, 1));
    },
  },
  {
    breaks: 'M16',
    claim: 'a completed booking was open again',
    names: /it went from completed to confirmed at /,
    plant(run, { soldBooking }) {
      const { states } = the(run.transitions ?? [], ({ workflowId }) => workflowId === soldBooking);
      const last = states.at(-1);
      if (last !== undefined) states.push({ ...last, state: 'confirmed', rev: last.rev + 1 });
    },
  },
  {
    breaks: 'M17',
    claim: 'two workflows lived one booking',
    names: /2 runs of it are open at once/,
    plant(run, { waitingBooking }) {
      the(run.histories ?? [], ({ workflowId }) => workflowId === waitingBooking).openRuns = 2;
    },
  },
  {
    breaks: 'M17',
    claim: 'an open lesson has no workflow',
    names: /it is scheduled and open, its workflow is terminated/,
    plant(run, { waitingLesson }) {
      const history = the(run.histories ?? [], ({ workflowId }) => workflowId === waitingLesson);
      Object.assign(history, { openRuns: 0, status: 'terminated' });
    },
  },
  {
    breaks: 'M18',
    claim: 'a history does not replay',
    names: /its history does not replay: another activity was scheduled/,
    plant(run, { waitingBooking }) {
      const history = the(run.histories ?? [], ({ workflowId }) => workflowId === waitingBooking);
      history.replay = { problem: 'another activity was scheduled' };
    },
  },
  {
    breaks: 'M19',
    claim: 'a booking sleeps past its time and nobody is told',
    names: /it was to wake at .* and did not/,
    plant(run, { waitingBooking }) {
      rowOf(run, waitingBooking).nextWakeAt = run.now - 3_600_000;
    },
  },
  {
    breaks: 'M19',
    claim: 'somebody else took the money of a hold and nobody was told',
    names: /450 usd was taken, we asked for 1, and nobody was told$/,
    plant(run, { heldLesson }) {
      the(run.store.operations, (one) => one.key === `${heldLesson}:capture`).params = { amount: 1 };
    },
  },
  {
    breaks: 'M19',
    claim: 'a story asked for an alert that nobody was given',
    names: /HOLD_EXPIRING of .* reached nobody: soon$/,
    plant(run, { heldLesson }) {
      lessonOf(run, heldLesson).alerts.push({ type: 'HOLD_EXPIRING', at: run.now, message: 'soon' });
    },
  },
  {
    breaks: 'M21',
    claim: 'a key stands in the log',
    names: /secret 1 of 1 stands there$/,
    plant(run) {
      const texts = [{ where: 'log', text: 'asked with sk_test_planted' }];
      run.secrets = { planted: ['sk_test_planted'], texts };
    },
  },
];
