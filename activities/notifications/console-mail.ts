import type { Logger } from 'pino';
import type { Mailer } from './mail.ts';

/** Takes every mail and writes a line about it, for a house without a mail server. Addresses stay out of the log. */
export const consoleMail = (log: Logger): Mailer => ({
  send({ id, subject }) {
    log.info({ message: id }, `mail, shown here and sent nowhere: ${subject}`);
    return Promise.resolve();
  },
});
