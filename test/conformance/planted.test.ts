import { beforeAll, describe, expect, it } from 'vitest';
import { checkoutSession } from '../../simulator/objects/checkout-session.ts';
import type { AnswerChecker } from './answers.ts';
import { answerChecker } from './answers.ts';
import { callSites, noting } from './call-sites.ts';
import { checkEvent } from './events.ts';
import { knownDifferences, stale, unexplained } from './known-differences.ts';
import type { SentRequest } from './requests.ts';
import { checkRequest } from './requests.ts';
import type { Problem, Spec } from './spec.ts';
import { readSpec } from './spec.ts';

// A check that cannot fail proves nothing: each kind of mistake, planted, and caught by name.
describe('a mistake is caught', () => {
  let spec: Spec;
  let checker: AnswerChecker;
  beforeAll(async () => {
    spec = await readSpec();
    checker = answerChecker(spec);
  });

  const transaction = {
    id: 'txn_1',
    object: 'balance_transaction',
    amount: 450,
    available_on: 1,
    balance_type: 'payments',
    created: 1,
    currency: 'usd',
    description: null,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: 450,
    reporting_category: 'refund',
    source: 'ch_1',
    status: 'available',
    type: 'refund',
  };
  const refund = {
    id: 're_1',
    object: 'refund',
    amount: 450,
    balance_transaction: transaction,
    charge: 'ch_1',
    created: 1,
    currency: 'usd',
    metadata: {},
    payment_intent: 'pi_1',
    reason: null,
    status: 'succeeded',
    receipt_number: null,
    source_transfer_reversal: null,
    transfer_reversal: null,
  };
  const retrieved = (body: object): Problem[] =>
    checker.answer({ method: 'GET', path: '/v1/refunds/re_1', status: 200, body });
  const kindsAt = (problems: readonly Problem[]): string[] => problems.map(({ kind, at }) => `${kind} ${at}`);

  it('an answer without any is taken, expanded or not', () => {
    expect(retrieved(refund)).toEqual([]);
    expect(retrieved({ ...refund, balance_transaction: 'txn_1' })).toEqual([]);
  });

  it('a field of the wrong type', () => {
    expect(kindsAt(retrieved({ ...refund, amount: '450' }))).toEqual(['wrong value refund.amount']);
  });

  it('a value that is none of Stripe’s', () => {
    expect(kindsAt(retrieved({ ...refund, reason: 'bored' }))).toEqual(['wrong value refund.reason']);
  });

  it('a field that may not be null', () => {
    expect(kindsAt(retrieved({ ...refund, currency: null }))).toContain('wrong value refund.currency');
  });

  it('a field that is missing', () => {
    const { amount: _amount, ...without } = refund;
    expect(kindsAt(retrieved(without))).toEqual(['missing field refund.amount']);
  });

  it('a field that Stripe does not have', () => {
    expect(kindsAt(retrieved({ ...refund, colour: 'red' }))).toEqual(['unknown field refund.colour']);
  });

  it('a mistake inside an expanded object, inside a list', () => {
    const wrong = { ...refund, balance_transaction: { ...transaction, fee: 'none' } };
    const body = { object: 'list', url: '/v1/refunds', has_more: false, data: [refund, wrong] };
    expect(kindsAt(checker.answer({ method: 'GET', path: '/v1/refunds', status: 200, body }))).toEqual([
      'wrong value balance_transaction.fee',
    ]);
  });

  it('an error without its envelope, and one whose type does not exist', () => {
    const error = (body: object): string[] =>
      kindsAt(checker.answer({ method: 'GET', path: '/v1/refunds', status: 400, body }));
    expect(error({ message: 'no' })).toContain('missing field error.error');
    expect(error({ error: { type: 'oops', message: 'no' } })).toEqual(['wrong value api_errors.type']);
  });

  it('an answer from an endpoint that does not exist', () => {
    const nowhere = checker.answer({ method: 'GET', path: '/v1/wishes', status: 200, body: {} });
    expect(kindsAt(nowhere)).toEqual(['unknown call GET /v1/wishes']);
  });

  it('an event nobody can subscribe to, one with a wrong object, and one with a wrong past', () => {
    const event = (type: string, data: object): string[] =>
      kindsAt(
        checkEvent(spec, checker, {
          id: 'evt_1',
          object: 'event',
          api_version: null,
          created: 1,
          data,
          livemode: false,
          pending_webhooks: 0,
          request: null,
          type,
        }),
      );
    expect(event('refund.updated', { object: refund })).toEqual([]);
    expect(event('refund.exploded', { object: refund })).toEqual(['unknown event refund.exploded']);
    expect(event('refund.updated', { object: { ...refund, amount: 'much' } })).toEqual([
      'wrong value refund.amount',
    ]);
    expect(event('refund.updated', { object: refund, previous_attributes: { amount: 'less' } })).toEqual([
      'wrong value refund.amount',
    ]);
  });

  it('a parameter that Stripe does not take, on the first level and inside a group', () => {
    const sent = (params: Record<string, string | Record<string, string>>): string[] =>
      kindsAt(checkRequest(spec, { method: 'POST', path: '/v1/payment_intents', params }));
    const needed = { amount: '450', currency: 'usd' };
    expect(sent({ ...needed, metadata: { any: 'name' } })).toEqual([]);
    const name = 'POST /v1/payment_intents';
    expect(sent({ ...needed, colour: 'red' })).toEqual([`unknown parameter ${name} colour`]);
    expect(sent({ ...needed, automatic_payment_methods: { enabled: 'true', colour: 'red' } })).toEqual([
      `unknown parameter ${name} automatic_payment_methods[colour]`,
    ]);
    expect(sent({ currency: 'usd' })).toEqual([`missing parameter ${name} amount`]);
    expect(sent({ ...needed, amount: '4.50' })).toEqual([`wrong value ${name} amount`]);
    expect(sent({ ...needed, capture_method: 'later' })).toEqual([`wrong value ${name} capture_method`]);
  });

  it('a checkout shown in a way that has another name now, one without a price, and one whose group is misspelt', () => {
    const name = 'POST /v1/checkout/sessions';
    const price = { currency: 'usd', unit_amount: '2500', product_data: { name: 'Lesson' } };
    const bought = { mode: 'payment', line_items: { 0: { price_data: price, quantity: '1' } } };
    const sent = (params: SentRequest['params']): string[] =>
      kindsAt(checkRequest(spec, { method: 'POST', path: '/v1/checkout/sessions', params }));
    expect(sent({ ...bought, ui_mode: 'hosted_page' })).toEqual([]);
    expect(sent({ ...bought, ui_mode: 'hosted' })).toEqual([`wrong value ${name} ui_mode`]);
    expect(sent({ ...bought, line_items: { 0: { price_data: { ...price, unit_amount: 'much' } } } })).toEqual(
      [`wrong value ${name} line_items[][price_data][unit_amount]`],
    );
    expect(sent({ ...bought, payment_intent_data: { transfergroup: 'booking:1' } })).toEqual([
      `unknown parameter ${name} payment_intent_data[transfergroup]`,
    ]);
  });

  it('a checkout paid in a way that Stripe does not have, and one whose end is no time', () => {
    const opened = checkoutSession({
      id: 'cs_1',
      created: 1,
      allowedMethodTypes: null,
      amount: 2_500,
      cancelUrl: null,
      clientReferenceId: 'booking:1',
      clientSecret: null,
      currency: 'usd',
      customer: null,
      customerCreation: 'if_required',
      customerDetails: null,
      customerEmail: null,
      expiresAt: 3_601,
      locale: null,
      metadata: {},
      redirectOnCompletion: null,
      returnUrl: null,
      submitType: null,
      successUrl: 'https://example.org/done',
      uiMode: 'hosted_page',
      url: 'https://example.org/pay',
    });
    const answered = (body: object): string[] =>
      kindsAt(
        unexplained(checker.answer({ method: 'GET', path: '/v1/checkout/sessions/cs_1', status: 200, body })),
      );
    expect(answered(opened)).toEqual([]);
    expect(answered({ ...opened, payment_status: 'maybe' })).toEqual([
      'wrong value checkout.session.payment_status',
    ]);
    expect(answered({ ...opened, expires_at: null })).toContain('wrong value checkout.session.expires_at');
    expect(answered({ ...opened, total_details: { amount_discount: 0, amount_tax: 0, tip: 1 } })).toContain(
      'unknown field payment_pages_checkout_session_total_details.tip',
    );
  });

  it('a call to Stripe that no code of ours made, through as many resources as it goes', async () => {
    const sites = new Set<string>();
    const sessions = { expire: (id: string) => Promise.resolve(id) };
    const stripe = noting({ checkout: { sessions } } as never, sites);
    expect(await stripe.checkout.sessions.expire('cs_1')).toBe('cs_1');
    expect([...sites]).toEqual(['nowhere of ours checkout.sessions.expire']);
    expect(callSites().filter((site) => site.endsWith(' checkout.sessions.expire'))).toEqual([
      expect.stringMatching(/^activities\/moves\/expire-checkout\.ts:\d+ /),
    ]);
  });

  it('a filter that a list does not have', () => {
    const sent = { method: 'GET', path: '/v1/refunds', params: { destination: 'acct_1' } };
    expect(kindsAt(checkRequest(spec, sent))).toEqual(['unknown parameter GET /v1/refunds destination']);
  });

  it('a known difference hides itself and nothing else, and one that is gone is named', () => {
    const met = knownDifferences.map(({ kind, at }): Problem => ({ kind, at, detail: 'met' }));
    const other: Problem = { kind: 'unknown field', at: 'refund.colour', detail: 'met' };
    expect(unexplained([...met, other])).toEqual([other]);
    expect(stale(met)).toEqual([]);
    expect(stale(met.slice(1))).toEqual(knownDifferences.slice(0, 1));
  });
});
