import type { Invariant } from '../cases.ts';
import { broken } from '../cases.ts';

/** M21: no planted secret, name or address stands in a log, an audit row, a history or an error. The message never repeats it. */
export const noSecrets: Invariant = ({ run }) => {
  const { planted = [], texts = [] } = run.secrets ?? {};
  return texts.flatMap(({ where, text }) =>
    planted.flatMap((secret, index) =>
      text.includes(secret) ? [broken('M21', where, `secret ${index + 1} of ${planted.length} stands there`)] : [],
    ),
  );
}; // prettier-ignore
