import { pino } from 'pino';
import { sendDue } from '../../activities/notifications/send-due.ts';
import { smtpMail } from '../../activities/notifications/smtp.ts';
import { openStore } from '../../store/store.ts';

/** A process that sends what is due at the time given, until nothing is left; a test may kill it on the way. */
const [file = '', url = '', now = '0'] = process.argv.slice(2);
const store = openStore({ file });
const ports = {
  store,
  mailer: smtpMail({ url, from: 'no-reply@pay.example.org' }),
  clock: { now: () => Number(now) },
  log: pino({ level: 'silent' }),
  adminEmail: null,
};
for (let tried = await sendDue(ports); tried > 0; tried = await sendDue(ports));
await store.close();
