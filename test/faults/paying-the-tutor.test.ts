import { meetEveryTrouble } from '../house/every-trouble.ts';
import { writeStories } from '../house/writes.ts';

// The writes by which the tutor gets her share: transfer and payout.
meetEveryTrouble(writeStories.filter(({ move }) => move === 'transfer' || move === 'payOut'));
