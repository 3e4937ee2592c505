// proof/mutants/: bugs that would lose money, each planted into one piece of one file while it is loaded, in a process of
// its own. Nothing of the house knows of them; one that no invariant notices says that something is not looked at.

/** A piece of a file, which must stand there exactly once, and what takes its place. */
export interface Piece {
  readonly file: string;
  readonly piece: string;
  readonly instead: string;
}

/** One planted bug: a piece that is replaced, and more of them where one alone would be stopped by its neighbour. */
export interface Planted {
  readonly name: string;
  readonly pieces: readonly Piece[];
  /** The invariants of which any one is expected to notice it. */
  readonly expect: readonly string[];
  /** The kind of agreement whose lives meet it most often. */
  readonly kinds: 'all' | 'lessons' | 'bookings';
}

const bug = (
  name: string,
  file: string,
  piece: string,
  instead: string,
  expect: string,
  kinds: Planted['kinds'] = 'all',
  ...also: readonly Piece[]
): Planted => ({ name, pieces: [{ file, piece, instead }, ...also], expect: expect.split(' '), kinds });

const operation = 'activities/operation.ts';
const adopting = 'activities/adopt.ts';
const outcome = 'activities/outcome.ts';
const transfer = 'activities/moves/transfer.ts';
const paying = 'domain/payment/paying.ts';
const lesson = 'domain/lesson/settlement.ts';
const booking = 'domain/booking/settlement.ts';
const reading = 'activities/moves/read-payment.ts';
const applied = 'domain/payment/apply-move.ts';
const living = 'domain/live.ts';

/** Every first silence of Stripe's is told to the story, which seldom hears of one otherwise. */
const impatient: Piece = {
  file: 'domain/payment/park.ts',
  piece: 'moveAttempts = 8;',
  instead: 'moveAttempts = 1;',
};

/** Keys, intents and what is written on objects: what makes an effect happen once. */
const once: readonly Planted[] = [
  bug('a capture has no key', 'activities/moves/capture.ts', '      { idempotencyKey },\n', '', 'M13', 'lessons'),
  bug('a hold has no key', 'activities/moves/authorize.ts', 'create(params, { idempotencyKey })', 'create(params)', 'M13', 'lessons'),
  bug('a refund has no key', 'activities/moves/refund.ts', '      { idempotencyKey },\n', '', 'M13'),
  bug('a transfer has no key', transfer, '      { idempotencyKey },\n    );\n    return outcome(attempt, made, kept);', '    );\n    return outcome(attempt, made, kept);', 'M13'),
  bug('a payout has no key', 'activities/moves/pay-out.ts', 'stripeAccount: move.stripeAccount, idempotencyKey }', 'stripeAccount: move.stripeAccount }', 'M13'),
  bug('a reversal has no key', 'activities/moves/reverse.ts', 'params, { idempotencyKey });', 'params);', 'M13', 'bookings'),
  bug('every attempt has a key of its own', operation, '`${key}:${operation.generation}`);', '`${key}:${operation.generation}${activityInfo().attempt}`);', 'M13 M14 M5'),
  bug('a new key before the old request is over', operation, 'if (!failure.replayed) throw comeAgain(failure.detail);', '', 'M14'),
  bug('Stripe is called before the intent', operation, '  const { fresh, operation } = await store.intend', '  if (known === null) await verb.make(attempt, `${key}:1`).catch(() => null);\n  const { fresh, operation } = await store.intend', 'M14'),
  bug('an unclear move is made anew', 'domain/payment/payment.ts', ': { ...payment, unresolved: isRead(move) ? payment.unresolved : move };', ': nextAttempt(payment, move.type);', 'M14', 'all',
    impatient),
  bug('nothing says which operation made an object', 'activities/stamps.ts', '  operation: attempt.key,\n', '', 'M11 M12 M13 M14 M5 M19'),
  bug('a transfer is in the group of its payee', transfer, '        transfer_group: workflowId,\n', '        transfer_group: move.stripeAccount,\n', 'M5'),
]; // prettier-ignore

/** What is owed, by whom and when. */
const owed: readonly Planted[] = [
  bug('a lesson is settled when it starts', lesson, 'state.endsAt + durationMs(state.input.policy.terms.graceAfterEnd)', 'state.startsAt', 'M6 M2 M9', 'lessons'),
  bug('the payer’s tier is one day off', 'domain/payment/plan.ts', 'aheadMs >= durationMs(atLeastBeforeStart)', 'aheadMs >= durationMs(atLeastBeforeStart) + 86_400_000', 'M9'),
  bug('a tutor who cancels is charged for by the student', lesson, "by === 'student' && isPaid;", 'isPaid;', 'M9', 'lessons'),
  bug('a provider who cancels is charged for by the attendee', booking, "by === 'attendee' && isPaid(state);", 'isPaid(state);', 'M9', 'bookings'),
  bug('an absent student is judged as an absent tutor', lesson, "return noShow.student === 'capture'", "return noShow.tutor === 'capture'", 'M2 M9', 'lessons'),
  bug('an absent attendee is judged as an absent provider', booking, "attendee ? 'attendee' : 'provider';", "attendee ? 'provider' : 'attendee';", 'M2 M9', 'bookings'),
  bug('started minutes are not charged', lesson, 'Math.ceil(usedTimeMs(state) / roundMs)', 'Math.floor(usedTimeMs(state) / roundMs)', 'M2', 'lessons'),
  bug('the minimum of an early end is a maximum', lesson, 'minor(Math.max(used, shareOf', 'minor(Math.min(used, shareOf', 'M2', 'lessons'),
  bug('a charge below the minimum has the other fate', 'domain/payment/plan.ts', "belowMinimum === 'release' ? zero", "belowMinimum !== 'release' ? zero", 'M2 M9'),
  bug('a decided booking is charged in full', booking, 'charged(priceOf(state), payeeSide, why);', 'charged(priceOf(state), state.input.amount, why);', 'M2', 'bookings'),
  bug('a decided lesson is charged in full', lesson, 'return charged(state, payeeSide,', 'return charged(state, state.input.amount,', 'M2', 'lessons'),
  bug('what the rounding leaves is nobody’s', 'domain/money.ts', 'payee: minus(charge, fee) };', 'payee: minor(Math.floor((charge * (wholeBps - feeBps)) / wholeBps)) };', 'M4 M9'),
  bug('fee and share change places', booking, '    fee: divided.fee,\n    payee: divided.payee,', '    fee: divided.payee,\n    payee: divided.fee,', 'M4', 'bookings'),
  bug('a hold is captured after it died', 'domain/lesson/next.ts', 'return intent.captureBefore - durationMs', 'return intent.captureBefore + durationMs', 'M1', 'lessons'),
  bug('a payment that nobody completed is never given up', paying, "    case 'processing':\n      return release(payment, payment.intent.id, plan.reason);", "    case 'processing':\n      return null;", 'M1', 'lessons'),
]; // prettier-ignore

/** The order and the size of moves. */
const moved: readonly Planted[] = [
  bug('a transfer is bound to no charge', transfer, '        ...(move.chargeId === null ? {} : { source_transaction: move.chargeId }),\n', '', 'M6'),
  bug('the window is a day shorter', paying, 'plan.payFrom !== undefined && now < plan.payFrom)', 'plan.payFrom !== undefined && now + 86_400_000 < plan.payFrom)', 'M6', 'bookings'),
  bug('the payee is sent the fee too', paying, 'amount: minor(missing),\n    fee:', 'amount: minor(missing + Math.max(0, plan.fee - money.feeEarned)),\n    fee:', 'M4'),
  bug('small excesses are not given back', paying, 'if (excess > 0) {', 'if (excess > plan.charge) {', 'M2 M4 M9'),
  bug('what the payee has too much is paid out of the fee', paying, 'const over = Math.max(0, payeeHas(money) - plan.payee);', 'const over = plan.charge > 0 ? 0 : Math.max(0, payeeHas(money) - plan.payee);', 'M8', 'bookings',
    { file: paying, piece: '  if (!isOwn || missing <= 0) return null;', instead: '  if (!isOwn || missing <= 0 || money.transferred > 0) return null;' },
    { file: applied, piece: '  return book(money, { refunded, feeEarned: Math.min(money.feeEarned, shareOf(kept, feeBps, currency)) });', instead: '  const lacking = Math.max(0, amount - heldOf(money));\n  const borne = kept > 0 ? Math.min(lacking, money.feeEarned) : 0;\n  if (borne > 0) return book(money, { refunded, feeEarned: money.feeEarned - borne, advanced: money.advanced + lacking - borne });\n  return book(money, { refunded, feeEarned: Math.min(money.feeEarned, shareOf(kept, feeBps, currency)) });' }),
  bug('a complaint holds the money only until the window ends', 'domain/booking/next.ts', 'isHeld = dispute !== null && isOpen(dispute) &&', 'isHeld = dispute !== null && isOpen(dispute) && now < settlesAt(state) &&', 'M7a', 'bookings'),
  bug('an inquiry of the bank is nobody’s case', reading, '    const taken = minor(', "    if (one.status.startsWith('warning')) continue;\n    const taken = minor(", 'M7b', 'bookings',
    { file: 'api/webhooks/after-care.ts', piece: '  if (id === null || disputed === null) return;', instead: "  if (id === null || disputed === null || String(object['status']).startsWith('warning')) return;" }),
  bug('money moves while the bank decides', paying, 'if (!isContested(payment)) return null;', 'if (payment.disputes.length >= 0) return null;', 'M7a', 'bookings', { file: transfer, piece: '  isContested(task.state.payment) || keptOf(', instead: '  keptOf(' }),
  bug('nobody looks at the charge before a transfer', transfer, 'fact === null ? await chargeTrouble(attempt) : told(fact);', 'fact === null ? null : told(fact);', 'M6 M7b M8 M10', 'bookings'),
  bug('a refund leaves the fee as it was', applied, 'feeEarned: Math.min(money.feeEarned, shareOf(kept, feeBps, currency)) });', 'feeEarned: money.feeEarned });', 'M3 M4', 'bookings'),
  bug('more is planned than is kept', booking, 'charge: minor(Math.min(plan.charge, kept)),', 'charge: kept,', 'M4 M9 M2', 'bookings'),
]; // prettier-ignore

/** What is written down of it. */
const written: readonly Planted[] = [
  bug('a story hears the same news again', living, 'else if (!state.heard.includes(hint.eventId)) {', 'else {', 'M15', 'bookings'),
  bug('a lesson that is divided is shown as one to come', 'domain/lesson/view.ts', "return isDivided(state) ? 'completed' : 'settling';", "return isDivided(state) ? 'scheduled' : 'settling';", 'M16', 'lessons'),
  bug('a story that waits for a person ends', living, '        await world.waitUntil(step,', '        if (step.until === null) return step.reason;\n        await world.waitUntil(step,', 'M17'),
  bug('a refused order is written down by its validator', living, '      return isRefusal(verdict) ? verdict : null;', '      if (isRefusal(verdict)) reject(name, verdict, now);\n      return isRefusal(verdict) ? verdict : null;', 'M18'),
  bug('names and addresses go into the story', 'api/agreements/start.ts', '  const { input, contacts, seat } = await opening.compose();', '  const { contacts, seat, ...rest } = await opening.compose();\n  const input = { ...rest.input, contacts };', 'M21'),
  bug('the ledger is not written', 'store/settlement.ts', '  yield* post(session, done.ledger, { workflowId, operationKey: key, at });\n', '', 'M3'),
  bug('the audit calls an effect none', 'store/settlement.ts', "action: result === 'effect' ? 'effect' : 'no_effect',", "action: 'no_effect',", 'M12'),
  bug('nobody owns what was made', 'store/settlement.ts', '  yield* own(session, workflowId, done.objects, at);\n', '', 'M11'),
  bug('a debt is not followed', 'store/projection.ts', '  yield* followDebt(session, projection);\n', '', 'M3', 'bookings'),
  bug('what a forsaken worker booked is booked again', outcome, 'const unheard = operations.filter((one) => isUnheard(one, state.payment));', 'const unheard = operations.slice(0, 0);', 'M3', 'all', impatient),
  bug('an operation that can do nothing any more stays open', outcome, "    if (status === 'done') continue;", '    if (status.length > 0) continue;', 'M19', 'all', impatient),
  bug('money that others moved is not booked', adopting, 'if (!isAdopted) return await show(', 'if (lost === undefined) return await show(', 'M3 M12'),
  bug('a failed refund counts', reading, ": status !== 'failed' && status !== 'canceled';", ': true;', 'M10', 'bookings'),
  bug('a dispute takes its amount whether withdrawn or not', reading, 'minor(Math.max(0, -sumOf(one.balance_transactions)))', 'minor(one.amount)', 'M10', 'bookings'),
  bug('a reversal by hand is not seen', reading, 'reversed: minor(reversed) };', 'reversed: minor(0 * reversed) };', 'M10', 'bookings'),
  bug('nobody is told what a story asks them to be told of', 'store/projection.ts', '  yield* raiseNotes(session, workflowId, state.alerts);\n  const { contacts }', '  const { contacts }', 'M19'),
  bug('a capture by hand counts as ours', 'activities/intent-facts.ts', 'elsewhere: intent.amount_received !== asked,', 'elsewhere: false,', 'M19', 'lessons'),
  bug('a partial hold is told as taken whole', 'activities/intent-facts.ts', 'amount: minor(intent.amount_received),', 'amount: minor(intent.amount),', 'M10 M2', 'lessons'),
  bug('an ended booking hears of nothing', 'api/webhooks/after-care.ts', '  if (row === null || !(row.state as AgreementState).payment.recovers) return false;', "  if (row === null || row.kind === 'booking') return false;", 'M10', 'bookings'),
]; // prettier-ignore

/** What is looked at when books are held against each other: whoever overlooks something says of anything that it agrees. */
const checked: readonly Planted[] = [
  bug('a check does not look at the lists', 'proof/coherent/invariants/agreement.ts', 'if (shownState === row.status) return [];', 'if (row.rev > 0) return [];', 'M20'),
]; // prettier-ignore

export const planted: readonly Planted[] = [...once, ...owed, ...moved, ...written, ...checked];
