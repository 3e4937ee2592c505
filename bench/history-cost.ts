import type { History } from '@temporalio/common/lib/proto-utils.js';

type HistoryEvent = NonNullable<History['events']>[number];

/** What a history cost: its events, what Temporal Cloud would bill for, and the signals among them. */
export interface HistoryCost {
  readonly events: number;
  readonly actions: number;
  readonly signals: number;
}

/** Whether the event is one billed action (temporal-rules 71). */
const isBilled = (event: HistoryEvent): boolean =>
  [
    event.workflowExecutionStartedEventAttributes,
    event.workflowExecutionUpdateAcceptedEventAttributes,
    event.workflowExecutionSignaledEventAttributes,
    event.timerStartedEventAttributes,
    event.activityTaskScheduledEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
    event.startChildWorkflowExecutionInitiatedEventAttributes,
  ].some(Boolean);

/** Reads the cost from the events themselves; queries and heartbeats leave none and are not used on the way measured. */
export function historyCost({ events }: History): HistoryCost {
  const all = events ?? [];
  const retries = all.reduce((sum, event) => sum + Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1), 0);
  // Local activities are billed once for each workflow task that ran any.
  const localTasks = new Set(
    all
      .map(({ markerRecordedEventAttributes: marker }) => marker)
      .filter((marker) => marker?.markerName === 'core_local_activity')
      .map((marker) => String(marker?.workflowTaskCompletedEventId)),
  );
  return {
    events: all.length,
    actions: all.filter(isBilled).length + retries + localTasks.size,
    signals: all.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
  };
} // prettier-ignore
