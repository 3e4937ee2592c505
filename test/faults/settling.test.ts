import { meetEveryTrouble } from '../house/every-trouble.ts';
import { writeStories } from '../house/writes.ts';

// The writes by which a hold ends: capture, release, refund.
meetEveryTrouble(writeStories.filter(({ move }) => ['capture', 'release', 'refund'].includes(move)));
