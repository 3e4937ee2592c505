import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { LessonView } from '../views.ts';

/** What the event is about. */
export interface TriggerOptions {
  readonly lesson?: string;
  readonly account?: string;
  readonly set: readonly string[];
}

interface Subject {
  /** The id that the control needs, read from the lesson or the account. */
  readonly of: keyof typeof subjects;
  readonly path: (id: string) => string;
  readonly body?: (id: string) => Record<string, unknown>;
}

const subjects = {
  payment: (lesson: LessonView) => lesson.payment.paymentIntentId,
  card: (lesson: LessonView) => lesson.payment.setupIntentId,
  charge: (lesson: LessonView) => lesson.payment.chargeId,
  payout: (lesson: LessonView) => lesson.payment.payoutId,
  refund: (lesson: LessonView) => lesson.payment.refundIds.at(-1) ?? null,
  account: () => null,
};

const on = (of: Subject['of'], collection: string, deed: string): Subject => ({
  of,
  path: (id) => `/${collection}/${id}/${deed}`,
});

/** Each event and the deed outside Holdfast that makes it happen. */
const triggers: Readonly<Record<string, Subject>> = {
  'payment_intent.canceled': on('payment', 'payment_intents', 'cancel'),
  'payment_intent.succeeded': on('payment', 'payment_intents', 'capture'),
  'payment_intent.amount_capturable_updated': on('payment', 'payment_intents', 'succeed'),
  'payment_intent.payment_failed': on('payment', 'payment_intents', 'fail'),
  'payment_intent.processing': on('payment', 'payment_intents', 'process'),
  'payment_intent.requires_action': on('payment', 'payment_intents', 'require_action'),
  'setup_intent.succeeded': on('card', 'setup_intents', 'succeed'),
  'setup_intent.setup_failed': on('card', 'setup_intents', 'fail'),
  'payout.paid': on('payout', 'payouts', 'pay'),
  'payout.failed': on('payout', 'payouts', 'fail'),
  'refund.updated': on('refund', 'refunds', 'succeed'),
  'refund.failed': on('refund', 'refunds', 'fail'),
  'charge.dispute.created': {
    of: 'charge',
    path: () => '/disputes',
    body: (charge) => ({ charge, reason: 'fraudulent' }),
  },
  'radar.early_fraud_warning.created': {
    of: 'charge',
    path: () => '/early_fraud_warnings',
    body: (charge) => ({ charge }),
  },
  'account.updated': {
    of: 'account',
    path: (id) => `/accounts/${id}`,
    body: () => ({ payouts_enabled: false }),
  },
  'account.application.deauthorized': on('account', 'accounts', 'deauthorize'),
};

/** Makes a Stripe event happen for real: the simulator does the deed, and everything that follows from it follows. */
export async function trigger(
  { out, client }: Context,
  event: string,
  options: TriggerOptions,
): Promise<void> {
  const subject = Object.hasOwn(triggers, event) ? triggers[event] : undefined;
  if (subject === undefined) {
    throw new CliFailure(
      exitCodes.usage,
      `"${event}" cannot be triggered; these can:\n  ${Object.keys(triggers).join('\n  ')}`,
    );
  }
  const id = await idOf(client(), subject, event, options);
  const body = { ...subject.body?.(id), ...assignments(options.set) };
  const object = await client().simulate(subject.path(id), body);
  out.answer({ event, id, object }, () => [`${event} for ${id}`], [id]);
}

async function idOf(
  client: Client,
  { of }: Subject,
  event: string,
  { lesson, account }: TriggerOptions,
): Promise<string> {
  if (lesson === undefined && !(of === 'account' && account !== undefined)) {
    throw new CliFailure(
      exitCodes.usage,
      `${event} needs --lesson <id>${of === 'account' ? ' or --account <id>' : ''}`,
    );
  }
  const view =
    lesson === undefined ? null : await client.get<LessonView>(`/api/lessons/${encodeURIComponent(lesson)}`);
  if (of === 'account') {
    const wanted = account ?? view?.tutor.account ?? '';
    const { stripeAccountId } = await client.get<{ stripeAccountId: string }>(
      `/api/accounts/${encodeURIComponent(wanted)}`,
    );
    return stripeAccountId;
  }
  const id = view && subjects[of](view);
  if (!id) throw new CliFailure(exitCodes.conflict, `${lesson ?? ''} has no ${of} in Stripe yet`);
  return id;
}

/** `--set payouts_enabled=true`: fields of the control's body, read as JSON where they are any. */
function assignments(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new CliFailure(exitCodes.usage, `--set takes field=value, not "${one}"`);
      return [one.slice(0, at), valueOf(one.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
