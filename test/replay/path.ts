import { arm } from '../house/faults.ts';
import type { House } from '../house/house.ts';

// test/replay/: what a deploy must not break. The paths live one story for each way it can go, histories.ts keeps what
// the server wrote down of it, planted.ts builds the code of a careless colleague.

/** A way a story can go: lives it in a house of its own, and answers the story's id when its history tells that way. */
export type Path = (house: House) => Promise<string>;

/** Who books in every path; a history that names them tells what it must not. */
export const attendee = { name: 'Ada Attendee', email: 'ada@example.org', timeZone: 'Europe/Berlin' };

/** Stripe refuses every transfer for good, until the faults are taken away. */
export async function refuseTransfers(house: House): Promise<void> {
  const error = { type: 'invalid_request_error', code: 'account_invalid', message: 'No such destination.' };
  const fault = { kind: 'status_before', status: 400, body: { error } };
  await arm(house, { path: '/v1/transfers' }, { fault, times: 100 });
}
