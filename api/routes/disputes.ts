import { z } from '@hono/zod-openapi';
import type { BankDisputeState } from '../../domain/bank-dispute/bank-dispute.ts';
import { bankDisputeMachine } from '../../domain/bank-dispute/machine.ts';
import { bankDisputeStates } from '../../domain/bank-dispute/view.ts';
import { isoOrNull } from '../../domain/time.ts';
import type { Face } from '../agreements/face.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { operatorBodies, reason } from '../schemas/command-request.ts';
import type { ShownDispute } from '../schemas/dispute.ts';
import { bankDispute, disputeAccepted, disputePending } from '../schemas/dispute.ts';
import { text } from '../schemas/fields.ts';
import { agreementCommandRoutes } from './agreement-commands.ts';
import type { Command } from './agreement-commands.ts';
import { agreementReadRoutes } from './agreement-reads.ts';

/** Bank disputes from outside; nothing of them is about a person by name. */
const disputeFace: Face<ShownDispute> = {
  kind: 'dispute',
  show: (row) => ({
    ...bankDisputeMachine.view(row.state as BankDisputeState),
    nextWakeAt: isoOrNull(row.nextWakeAt),
  }),
  forget: (dispute) => dispute,
  recall: (kept) => kept,
};

const operators: Readonly<Record<string, Command>> = {
  submit: {
    name: 'submit',
    summary: 'Submit the evidence now; the bank takes it once',
    needsKey: true,
    body: z.strictObject({ reason, statement: text(20_000).optional() }),
  },
  accept: {
    name: 'accept',
    summary: 'Accept the dispute; this cannot be taken back',
    needsKey: true,
    body: z.strictObject({ reason }),
  },
  retry: { name: 'retry', summary: 'Try a parked step again', needsKey: true, body: operatorBodies.skip },
  skip: {
    name: 'skip',
    summary: 'Leave a parked step to people',
    needsKey: true,
    body: operatorBodies.skip,
  },
  sync: { name: 'sync', summary: 'Read Stripe again', needsKey: false, body: operatorBodies.sync },
};

/** Disputes at the payers' banks, found under Stripe's own ids. */
export function disputeRoutes(app: ApiApp, ports: ApiPorts): void {
  agreementReadRoutes(app, ports, {
    face: disputeFace,
    title: 'Dispute',
    shown: bankDispute,
    filters: { state: z.enum(bankDisputeStates).optional() },
    filterOf: ({ state }: { state?: string | undefined }) => Promise.resolve({ status: state }),
  });
  agreementCommandRoutes(app, ports, {
    face: disputeFace,
    title: 'Dispute',
    accepted: disputeAccepted,
    pending: disputePending,
    parties: {},
    operators,
  });
}
