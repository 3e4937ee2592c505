import type { AuditRow } from '../../../store/audit.ts';
import { shown } from '../amounts.ts';
import type { Case, Invariant, Story } from '../cases.ts';
import { broken } from '../cases.ts';
import { figuresOf } from '../figures.ts';
import { grouped } from '../grouped.ts';
import { operationOn } from '../ownership.ts';
import type { Violation } from '../run.ts';

/** M12: every effect has one row in the audit that says who, why, under which key and what changed; the chain holds. */
export const auditComplete: Invariant = (all) => {
  const { run, stories, cases } = all;
  const { auditBrokenAt: at = null } = run.store;
  const chain = at === null ? [] : [broken('M12', 'audit', `the chain does not hold at row ${at}`)];
  const asked = run.requests === null ? null : new Set(run.requests.map(({ id }) => id));
  return [
    ...chain,
    ...[...stories.values()].flatMap((story) => rows(story, asked)),
    ...cases.filter(({ isStill }) => isStill).flatMap((one) => [...objects(one), ...takings(one)]),
  ];
};

const effectsOf = ({ audit }: Story): readonly AuditRow[] =>
  audit.filter(({ action }) => action === 'effect');

/** The rows and the journal tell of the same effects, each once, and each row is whole. */
function rows(story: Story, asked: ReadonlySet<string> | null): Violation[] {
  const { workflowId, operations } = story;
  const m12 = (what: string): Violation => broken('M12', workflowId, what);
  const effects = effectsOf(story);
  const byKey = grouped(effects, ({ operationKey }) => operationKey);
  const found: Violation[] = [];
  for (const { key, result } of operations) {
    const count = byKey.get(key)?.length ?? 0;
    const due = result === 'effect' ? 1 : 0;
    if (count !== due) found.push(m12(`${key} has ${count} effects in the audit, ${due} in the journal`));
  }
  const known = new Set(operations.map(({ key }) => key));
  for (const row of effects) {
    const { seq, actor, operationKey, before, after, stripeRequestId } = row;
    if (actor === '' || operationKey === null || before === null || after === null)
      found.push(m12(`row ${seq} does not say who did what to what`));
    else if (!known.has(operationKey)) found.push(m12(`row ${seq} names ${operationKey}, which was never intended`));
    if (stripeRequestId !== null && asked !== null && !asked.has(stripeRequestId))
      found.push(m12(`row ${seq} names the request ${stripeRequestId}, which Stripe never had`));
  }
  return found;
} // prettier-ignore

/** What was made at Stripe in an operation's name has its row. */
function objects(one: Case): Violation[] {
  const audited = new Set(effectsOf(one).map(({ operationKey }) => operationKey));
  const moved = [
    ...one.refunds,
    ...one.transfers.map(({ transfer }) => transfer),
    ...one.transfers.flatMap(({ reversals }) => reversals),
    ...one.payouts.map(({ payout }) => payout),
  ];
  return moved.flatMap((object) => {
    const key = operationOn(object);
    if (key === null || audited.has(key) || isUnknown(one)) return [];
    return [broken('M12', one.workflowId, `${object.id} of ${shown(object.amount, object.currency)} (${key}) has no row in the audit`)];
  });
} // prettier-ignore

/** A charge that was taken has a row that says so, whoever took it. */
function takings(one: Case): Violation[] {
  const { captured } = figuresOf(one);
  if (captured === 0 || isUnknown(one)) return [];
  const isTold = effectsOf(one).some(({ after }) => outcomeIn(after) === 'captured');
  if (isTold) return [];
  return [broken('M12', one.workflowId, `the capture of ${shown(captured, one.currency)} has no row in the audit`)];
} // prettier-ignore

/** Nobody knows yet what came of the last move; M19 sees that a person is told. */
const isUnknown = ({ state }: Case): boolean =>
  state.payment.unresolved !== null || state.performing !== null;

const outcomeIn = (document: unknown): string | null =>
  (document as { outcome?: string } | null)?.outcome ?? null;
