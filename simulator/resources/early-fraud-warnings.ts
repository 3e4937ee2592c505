import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { page } from '../http/pages.ts';
import { identifier } from '../http/parameters.ts';
import { noSuch } from '../http/refusal.ts';
import { listShape, route } from '../http/route.ts';
import { earlyFraudWarning } from '../objects/early-fraud-warning.ts';

/** Acting on a warning means giving the money back before anybody disputes it. */
const isActionable = (charge: Stripe.Charge): boolean => !charge.disputed && !charge.refunded;

/** The issuer reports a charge as fraud; no money moves and no answer is asked for. */
export const warnOfFraud = (
  world: World,
  charge: Stripe.Charge,
  fraudType: string,
): Stripe.Radar.EarlyFraudWarning => {
  const owner = world.tables.charges.ownerOf(charge.id);
  const row = world.tables.earlyFraudWarnings.put(
    earlyFraudWarning({
      id: world.ids.next('issfr'),
      created: world.clock.seconds(),
      charge,
      fraudType,
      actionable: isActionable(charge),
    }),
    owner,
  );
  world.emit('radar.early_fraud_warning.created', row, owner);
  return row;
};

/** Keeps the warnings of a charge true after it was refunded or disputed, and tells of those that changed. */
export const reviewWarnings = (world: World, chargeId: string): void => {
  const actionable = isActionable(world.tables.charges.must(chargeId));
  for (const row of world.tables.earlyFraudWarnings.where('charge', chargeId)) {
    if (row.actionable === actionable) continue;
    const after = world.tables.earlyFraudWarnings.patch(row.id, { actionable });
    world.emit('radar.early_fraud_warning.updated', after, world.tables.earlyFraudWarnings.ownerOf(row.id));
  }
};

const retrieve = route('GET', '/v1/radar/early_fraud_warnings/:id', {}, ({ world, owner, ids }) => {
  const row = world.tables.earlyFraudWarnings.get(ids[0], owner);
  if (row === undefined) throw noSuch('early fraud warning', ids[0]);
  return row;
});

const all = route(
  'GET',
  '/v1/radar/early_fraud_warnings',
  { ...listShape, charge: identifier, payment_intent: identifier },
  (call) => {
    const { charge, payment_intent: intent } = call.params;
    const rows = call.world.tables.earlyFraudWarnings
      .newestFirst(call.owner)
      .filter(
        (row) =>
          (charge === undefined || row.charge === charge) &&
          (intent === undefined || row.payment_intent === intent),
      );
    return page(call, '/v1/radar/early_fraud_warnings', rows);
  },
);

/** Everything Stripe answers about early fraud warnings. */
export const earlyFraudWarningRoutes = [retrieve, all];
