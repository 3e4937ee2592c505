import type { Payload, PayloadConverter } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';

/**
 * Reads what anybody may send to a workflow. Bytes that are no JSON become a plain marker instead of an error: an
 * error here would fail the whole workflow task, and with it every payment of that story, until someone resets it
 * (temporal-rules 7). The machine refuses the marker like any other message that makes no sense.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: <T>(payload: Payload): T => {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return { unreadablePayload: true } as T;
    }
  },
};
