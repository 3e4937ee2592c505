import {
  accounts,
  agreements,
  customers,
  debts,
  policies,
  providers,
  recoveries,
  seats,
  stripeObjects,
} from './schema-agreements.ts';
import { alertNotes, alerts, auditLog, ledgerEntries, operations } from './schema-journal.ts';
import { outbox, replyKeys, settings, webhookEvents } from './schema-messages.ts';

/** Every table of the SQLite database; a mirror for another database has the same keys and the same row types. */
export const tables = {
  accounts, agreements, alertNotes, alerts, auditLog, customers, debts, ledgerEntries, operations, outbox, policies,
  providers, recoveries, replyKeys, seats, settings, stripeObjects, webhookEvents,
}; // prettier-ignore
