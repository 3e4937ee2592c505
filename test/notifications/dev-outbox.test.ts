import { afterAll, beforeAll, expect, it } from 'vitest';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { noon } from '../store/sample-books.ts';
import { actionNeeded, sendAll, sender, tell, workflowId } from './post-office.ts';
import { openMailServer } from './mail-server.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ worker: false, environment: { HOLDFAST_ADMIN_EMAIL: 'ops@example.org' } });
});
afterAll(async () => {
  await house.close();
});

it('shows in demo mode what people are told, before it is sent and after', async () => {
  await tell(house.store, [actionNeeded, { kind: 'payout_processed', to: 'payee', at: noon }]);
  await house.store.raiseAlert({ type: 'PARKED', subject: workflowId, message: 'Stripe refused', at: noon });
  const shown = async () => {
    const { status, body } = await house.request('GET', '/_dev/outbox', { role: 'admin' });
    expect(status).toBe(200);
    return (body as unknown as { data: { kind: string; to: string; sentAt: string | null; text: string }[] })
      .data;
  };
  const before = await shown();
  expect(before.map(({ kind, to, sentAt }) => `${kind} ${to} ${sentAt}`).toSorted()).toEqual([
    'action_needed s@example.org null',
    'admin_alert ops@example.org null',
    'payout_processed t@example.org null',
  ]);
  expect(before.find(({ kind }) => kind === 'action_needed')).toEqual({
    id: expect.stringMatching(/^msg_/),
    kind: 'action_needed',
    to: 's@example.org',
    subject: 'Please confirm your payment: lesson les_1',
    text: expect.stringContaining('USD 4.50'),
    agreement: workflowId,
    createdAt: new Date(noon).toISOString(),
    sentAt: null,
  });

  const server = await openMailServer();
  await sendAll(sender(house.store, server.url, { adminEmail: 'ops@example.org' }));
  const after = await shown();
  const sentAt = new Date(noon).toISOString();
  expect(after).toEqual(before.map((message) => ({ ...message, sentAt })));
});
