import { openStore } from '../../store/store.ts';

/** A second process on the same file: does what a busy process does, so that both can be held against each other. */
const [file = '', name = '', rounds = '0'] = process.argv.slice(2);
const store = openStore({ file });
for (let n = 0; n < Number(rounds); n += 1) {
  const event = `evt_${n}`;
  const at = Date.now();
  await store.appendAudit({ at, actor: name, action: 'touched', subject: event });
  await store.raiseAlert({ type: 'ORPHAN', subject: 'pi_1', message: name, at });
  await store.receive({
    eventId: event,
    endpoint: 'platform',
    account: null,
    type: 'charge.refunded',
    objectId: 'ch_1',
    apiVersion: null,
    livemode: false,
    eventCreatedAt: at,
    requestKey: null,
    payload: {},
    receivedAt: at,
  });
}
await store.close();
