import { meetEveryTrouble } from '../house/every-trouble.ts';
import { isBooking, writeStories } from '../house/writes.ts';

// The writes by which a lesson is paid for: customer, saved card, hold.
meetEveryTrouble(writeStories.filter(isBooking));
