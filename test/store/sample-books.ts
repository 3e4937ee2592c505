// test/store/: the promises of the store, kept on real files. What is here only arranges; it asserts nothing.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BaseState, Columns } from '../../domain/machine.ts';
import type { NewAgreement } from '../../store/agreements.ts';
import type { ReceivedEvent } from '../../store/inbox.ts';
import type { NewIntent } from '../../store/journal.ts';
import type { OperationResult } from '../../store/settlement.ts';
import { openStore, type Store } from '../../store/store.ts';

/** A path for a database that does not exist yet; gone after the test. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'holdfast.db');
}

/** A store that is closed after the test. */
export function openBooks(file: string = newFile()): Store {
  const store = openStore({ file });
  onTestFinished(() => store.close());
  return store;
}

/** The time at which every sample happens. */
export const noon = Date.UTC(2026, 10, 21, 12);

/** A story's state with nothing to tell but its revision. */
export const stateAt = (rev: number, more: Partial<BaseState> = {}): BaseState => ({
  rev,
  outcomes: 0,
  rules: 1,
  updatedAt: noon,
  performing: null,
  heard: [],
  rejected: [],
  parked: null,
  story: [],
  alerts: [],
  notices: [],
  ...more,
});

/** The columns of an open lesson with an authorized payment. */
export const columns = (more: Partial<Columns> = {}): Columns => ({
  state: 'scheduled',
  paymentState: 'authorized',
  payeeAccount: 'tut_acct_1',
  needsAttention: null,
  open: true,
  waitsFor: null,
  settlesAt: noon + 1_500_000,
  disputeDeadline: null,
  nextWakeAt: noon + 1_500_000,
  amount: 450,
  currency: 'usd',
  seat: null,
  advanced: 0,
  ...more,
});

/** A lesson that begins. */
export const lesson = (id: string, more: Partial<NewAgreement> = {}): NewAgreement => ({
  workflowId: `lesson:${id}`,
  kind: 'lesson',
  id,
  inputHash: `hash of ${id}`,
  input: { id },
  contacts: { student: { name: 'S', email: 's@example.org' } },
  metadata: {},
  state: stateAt(0),
  columns: columns(),
  at: noon,
  ...more,
});

/** The intent to capture a lesson's payment. */
export const captureOf = (workflowId: string, more: Partial<NewIntent> = {}): NewIntent => ({
  key: `${workflowId}:capture`,
  workflowId,
  kind: 'capture',
  params: { amount: 450 },
  paramsHash: 'hash of 450',
  at: noon,
  ...more,
});

/** The capture that Stripe confirmed: the platform holds 450, of which 90 is its fee. */
export const captured = (workflowId: string, more: Partial<OperationResult> = {}): OperationResult => ({
  key: `${workflowId}:capture`,
  result: 'effect',
  outcome: { type: 'captured', at: noon },
  stripeIds: ['pi_1', 'ch_1'],
  requestId: 'req_1',
  ledger: [
    { account: 'payer', currency: 'usd', amount: -450 },
    { account: 'fee', currency: 'usd', amount: 90 },
    { account: 'held', currency: 'usd', amount: 360 },
  ],
  objects: [{ objectId: 'pi_1', kind: 'payment_intent' }],
  state: stateAt(1),
  columns: columns({ state: 'completed', paymentState: 'captured' }),
  at: noon + 1,
  ...more,
});

/** A webhook event whose signature was checked. */
export const stripeEvent = (eventId: string, more: Partial<ReceivedEvent> = {}): ReceivedEvent => ({
  eventId,
  endpoint: 'platform',
  account: null,
  type: 'payment_intent.succeeded',
  objectId: 'pi_1',
  apiVersion: '2026-06-24',
  livemode: false,
  eventCreatedAt: noon,
  requestKey: null,
  payload: { id: eventId, data: { object: { id: 'pi_1' } } },
  receivedAt: noon,
  ...more,
});
