import type { BaseState, Parked } from '../machine.ts';
import { iso, isoOrNull } from '../time.ts';

/** What waits for a person, as everyone sees it (http.md 3). */
export const attentionView = (parked: Parked | null) =>
  parked && {
    reason: parked.reason,
    operation: parked.operation,
    attempts: parked.attempts,
    lastError: parked.lastError,
    since: iso(parked.since),
    retryAt: isoOrNull(parked.retryAt),
    commands: [...parked.commands],
  };

/** The messages that changed nothing. */
export const rejectedView = (rejected: BaseState['rejected']) =>
  rejected.map((one) => ({ ...one, at: iso(one.at) }));
