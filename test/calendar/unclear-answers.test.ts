import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCalCom } from '../../activities/calendar/cal-com.ts';
import { CalendarUnclear } from '../../activities/calendar/calendar.ts';
import { calendarAt, failure, request } from './house.ts';

/** A calendar that answers everything alike. */
let server: Server;
let url: string;
let answers: { status: number; body: string } | null;
let asked: string[];
beforeEach(async () => {
  asked = [];
  answers = null;
  server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (answers === null) return;
    response.writeHead(answers.status, { location: '/elsewhere' });
    response.end(answers.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

const booking = {
  uid: 'u1',
  start: '2026-11-22T13:00:00Z',
  status: 'accepted',
  attendees: [{}],
  metadata: { operation: 'booking:b1:book' },
};
const success = (data: unknown) => JSON.stringify({ status: 'success', data });

describe('an answer that says neither yes nor no', () => {
  it.each([
    ['a server error', 500, success(booking)],
    ['a redirect', 302, ''],
    ['too many requests', 429, '{}'],
    ['a request that took too long', 408, '{}'],
    ['a page of a proxy', 200, '<html>'],
    ['an error under a good status', 200, JSON.stringify({ status: 'error', data: booking })],
    ['a state nobody knows', 201, success({ ...booking, status: 'awaiting_host' })],
    ['a booking that waits for its host', 201, success({ ...booking, status: 'pending' })],
    ['a booking without a time', 201, success({ ...booking, start: 'soon' })],
    ['a booking without a uid', 201, success({ ...booking, uid: 7 })],
    ['a series of bookings', 201, success([booking])],
  ])('%s is no booking and no refusal', async (_, status, body) => {
    answers = { status, body };
    expect(await failure(calendarAt(url).book(request()))).toBeInstanceOf(CalendarUnclear);
    expect(asked).toEqual(['POST /v2/bookings']);
  });

  it('silence is no booking and no refusal', async () => {
    const hasty = createCalCom({ baseUrl: `${url}/`, apiKey: 'cal_test', timeoutMs: 100 });
    expect(await failure(hasty.book(request()))).toBeInstanceOf(CalendarUnclear);
    expect(asked).toEqual(['POST /v2/bookings']);
  });
});

describe('a booking of several seats', () => {
  const attendees = [
    { seatUid: 's1', metadata: { operation: 'booking:b0:book' } },
    { seatUid: 's2', metadata: { operation: 'booking:b1:book' } },
  ];

  it('is found by the operation of each seat', async () => {
    answers = { status: 200, body: success([{ ...booking, metadata: {}, attendees }]) };
    expect(await calendarAt(url).find(request())).toMatchObject({ uid: 'u1', status: 'accepted' });
  });

  it('is not cancelled for everybody because one person cancels', async () => {
    answers = { status: 200, body: success({ ...booking, attendees }) };
    expect(await failure(calendarAt(url).cancel('u1', 'ill'))).toMatchObject({ code: 'shared_booking' });
    expect(asked).toEqual(['GET /v2/bookings/u1']);
  });
});

describe('a wrong key', () => {
  it('is told by its own code, which no waiting helps', async () => {
    answers = { status: 401, body: JSON.stringify({ status: 'error', error: { message: 'unknown key' } }) };
    expect(await failure(calendarAt(url).book(request()))).toMatchObject({
      code: 'authentication',
      detail: 'unknown key',
    });
  });
});
