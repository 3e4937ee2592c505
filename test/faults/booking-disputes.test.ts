import { bookingWrites } from '../house/booking-writes.ts';
import { meetEveryTrouble } from '../house/every-trouble.ts';

// The writes that answer the payer's bank.
meetEveryTrouble(bookingWrites.filter(({ move }) => ['submitEvidence', 'acceptDispute'].includes(move)));
