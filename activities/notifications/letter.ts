import type { MessageInContext } from '../../store/outbox.ts';
import { render } from './render.ts';
import type { Letter } from './render.ts';

/** The words of a message: those it was given or sent with, else what is true now; null where nobody knows any more. */
export function letterOf({ message, agreement, contact }: MessageInContext): Letter | null {
  const { kind, recipient, subject, text } = message;
  if (subject !== null && text !== null) return { subject, text };
  if (agreement === null || recipient === null || recipient === 'admin') return null;
  return render(kind, recipient, agreement, contact.timeZone);
}

/** Where a message goes now, or null where there is no address. */
export function addressOf({ message, contact }: MessageInContext, adminEmail: string | null): string | null {
  const { to, recipient } = message;
  return to ?? (recipient === 'admin' ? adminEmail : (contact.email ?? null));
}
