import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { page } from '../http/pages.ts';
import { clearableText, field, flag, freeMap, group, identifier, oneOf } from '../http/parameters.ts';
import { invalidParameter, noSuch, refused } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { assertAnswerable, closeDispute, submitEvidence } from './disputing.ts';
import { mergeMetadata } from './money.ts';

/** An uploaded file by its id; the simulator keeps no files, so any id that looks like one will do. */
const fileId = field((value, name): string | null => {
  const id = clearableText.read(value, name);
  if (id !== null && !id.startsWith('file_'))
    throw invalidParameter('resource_missing', `No such file upload: '${id}'`, name);
  return id;
});

const evidenceShape = {
  access_activity_log: clearableText,
  billing_address: clearableText,
  cancellation_policy: fileId,
  cancellation_policy_disclosure: clearableText,
  cancellation_rebuttal: clearableText,
  customer_communication: fileId,
  customer_email_address: clearableText,
  customer_name: clearableText,
  customer_purchase_ip: clearableText,
  customer_signature: fileId,
  duplicate_charge_documentation: fileId,
  duplicate_charge_explanation: clearableText,
  duplicate_charge_id: clearableText,
  product_description: clearableText,
  receipt: fileId,
  refund_policy: fileId,
  refund_policy_disclosure: clearableText,
  refund_refusal_explanation: clearableText,
  service_date: clearableText,
  service_documentation: fileId,
  shipping_address: clearableText,
  shipping_carrier: clearableText,
  shipping_date: clearableText,
  shipping_documentation: fileId,
  shipping_tracking_number: clearableText,
  uncategorized_file: fileId,
  uncategorized_text: clearableText,
};

/** Stripe's limit for all evidence together, in characters. */
const mostEvidence = 150_000;

const found = (call: Call<unknown>): Stripe.Dispute => {
  const row = call.world.tables.disputes.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('dispute', call.ids[0]);
  return row;
};

const writtenIn = (evidence: Stripe.Dispute.Evidence): string[] =>
  Object.values(evidence).filter((value): value is string => typeof value === 'string');

/** Adds to what was gathered so far; an emptied field is taken out again. */
const gather = (
  world: World,
  row: Stripe.Dispute,
  given: Record<string, string | null | undefined>,
): Stripe.Dispute => {
  const evidence = { ...row.evidence, ...Object.fromEntries(Object.entries(given)) };
  const written = writtenIn(evidence);
  const length = written.reduce((sum, text) => sum + text.length, 0);
  if (length > mostEvidence)
    throw refused(
      undefined,
      `The evidence has ${length} characters in all; the limit is ${mostEvidence} characters.`,
      { param: 'evidence' },
    );
  return world.tables.disputes.patch(row.id, {
    evidence,
    evidence_details: { ...row.evidence_details, has_evidence: written.length > 0 },
  });
};

const update = route(
  'POST',
  '/v1/disputes/:id',
  {
    evidence: group(evidenceShape),
    intended_submission_method: oneOf('manual', 'prefer_manual', 'prefer_smart_disputes', 'smart_disputes'),
    metadata: freeMap,
    submit: flag,
  },
  (call) => {
    const { world, params } = call;
    const before = found(call);
    // Evidence goes to the bank at once unless told otherwise; metadata alone never does.
    const submit = params.submit ?? params.evidence !== undefined;
    if (submit || params.evidence !== undefined) assertAnswerable(world, before);
    const gathered = params.evidence === undefined ? before : gather(world, before, params.evidence);
    if (submit && !gathered.evidence_details.has_evidence)
      throw refused(undefined, `There is no evidence on dispute ${before.id} to submit.`, {
        param: 'submit',
      });
    const answered = submit ? submitEvidence(world, gathered) : gathered;
    const after = world.tables.disputes.patch(before.id, {
      metadata: mergeMetadata(answered.metadata, params.metadata),
      intended_submission_method: params.intended_submission_method ?? answered.intended_submission_method,
    });
    world.emit('charge.dispute.updated', after, call.owner);
    return after;
  },
);

const close = route('POST', '/v1/disputes/:id/close', {}, (call) => closeDispute(call.world, found(call).id));

const retrieve = route('GET', '/v1/disputes/:id', {}, found);

const all = route(
  'GET',
  '/v1/disputes',
  { ...listShape, charge: identifier, payment_intent: identifier },
  (call) => {
    const { disputes } = call.world.tables;
    const { charge, payment_intent: intent } = call.params;
    const rows = disputes
      .newestFirst(call.owner, charge === undefined ? undefined : disputes.where('charge', charge))
      .filter((row) => intent === undefined || row.payment_intent === intent);
    return page(call, '/v1/disputes', rows);
  },
);

/** Everything Stripe answers under /v1/disputes; disputes are made by banks. */
export const disputeRoutes = [update, close, retrieve, all];
