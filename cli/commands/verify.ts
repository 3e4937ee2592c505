import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { money } from '../output.ts';
import type { VerificationView } from '../views.ts';

/** Holds all money of the instance against Stripe; ends as failed when something is not coherent. */
export async function verify({ out, client }: Context): Promise<void> {
  const report = await client().post<VerificationView>('/api/admin/verify', {});
  const { checked, violations, unchecked } = report;
  const totals = checked.amounts.map((one) => [
    one.currency,
    ...[one.captured, one.refunded, one.transferred - one.reversed, one.disputed, one.paidOut].map((amount) =>
      money(amount, one.currency),
    ),
  ]);
  out.answer(
    report,
    () => [
      `${checked.agreements} agreements against ${checked.objects} objects at Stripe`,
      ...out.table(['', 'captured', 'refunded', 'with payees', 'disputed', 'paid out'], totals),
      '',
      ...(violations.length === 0
        ? [out.paint('green', 'everything agrees')]
        : out.table(
            ['invariant', 'about', 'what'],
            violations.map(({ invariant, subject, message }) => [invariant, subject, message]),
          )),
      '',
      ...unchecked.map((gap) => out.paint('dim', `not checked: ${gap}`)),
    ],
    violations.map(({ invariant, subject }) => `${invariant} ${subject}`),
  );
  if (violations.length > 0)
    throw new CliFailure(exitCodes.failed, `${violations.length} violations of money`, report);
}
