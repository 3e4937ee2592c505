import { it } from 'vitest';
import { openCheckout, openProvider, payLate, showBooking } from '../house/bookings.ts';
import { requests } from '../house/faults.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';
import { eventsMade } from '../house/stripe-events.ts';

it('x', async () => {
  const house = await openHouse();
  const provider = await openProvider(house);
  const opened = await openCheckout(house, provider);
  await travel(house, 'PT31M');
  console.log((await showBooking(house, opened.id)).state);
  const n = (await requests(house)).length;
  await payLate(house, opened);
  await new Promise((r) => setTimeout(r, 3000));
  for (const e of await eventsMade(house)) {
    const k = await house.store.findEvent(e.id);
    console.log(e.type, JSON.stringify(k && { s: k.status, r: (k as any).reason }));
  }
  console.log(
    (await requests(house))
      .slice(n)
      .map((r) => `${r.method} ${r.path} ${JSON.stringify(r.params)} ${r.status}`)
      .join('\n'),
  );
  const h = await house.temporal.workflow.getHandle(`booking:${opened.id}`).fetchHistory();
  console.log(
    h.events
      ?.map(
        (e) =>
          JSON.stringify(e.eventType) +
          ' ' +
          JSON.stringify(
            e.activityTaskFailedEventAttributes ??
              e.workflowExecutionSignaledEventAttributes?.signalName ??
              '',
          ).slice(0, 300),
      )
      .join('\n'),
  );
  console.log(JSON.stringify((await showBooking(house, opened.id)).payment));
  await house.close();
});
