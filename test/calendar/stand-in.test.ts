import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CalendarUnclear } from '../../activities/calendar/calendar.ts';
import { calendarAt, failure, hour, openCalendar, request } from './house.ts';

describe('a calendar that is killed', () => {
  let folder: string;
  let doomed: ChildProcess | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'calendar-'));
  });
  afterEach(() => {
    doomed?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('still has every booking it made, the unanswered one included', async () => {
    const script = `import { startCalendar } from ${JSON.stringify(new URL('../../simulator/calendar/server.ts', import.meta.url).href)};
      startCalendar({ file: process.argv.at(-1) }).then(({ url }) => console.log(url));`;
    const file = join(folder, 'calendar.db');
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script, '--', file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    doomed = child;
    const url = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())),
    );
    const startsAt = Date.now() + 24 * hour;
    const first = await calendarAt(url).book(request({ startsAt }));
    await fetch(`${url}/_cal/faults`, { method: 'POST', body: JSON.stringify({ kind: 'drop_after' }) });
    const second = request({ operation: 'booking:b2:book', startsAt: startsAt + hour });
    expect(await failure(calendarAt(url).book(second))).toBeInstanceOf(CalendarUnclear);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));

    const house = await openCalendar({ file });
    expect(await house.calendar.find(request())).toEqual(first);
    expect(await house.calendar.find(second)).toMatchObject({
      startsAt: second.startsAt,
      status: 'accepted',
    });
    expect(await house.shown()).toHaveLength(2);
    await house.close();
  });
});

describe('a fault', () => {
  it('strikes as often as it was armed for, then the next one does', async () => {
    const house = await openCalendar();
    await house.control('POST', '/faults', { kind: 'refuse', times: 2 });
    await house.control('POST', '/faults', { kind: 'drop_before' });
    const names = [];
    for (let index = 0; index < 3; index += 1) names.push((await failure(house.calendar.book(request()))).name);
    expect(names).toEqual(['CalendarRefused', 'CalendarRefused', 'CalendarUnclear']);
    await house.calendar.book(request());
    expect(await house.shown()).toHaveLength(1);
    await house.close();
  }); // prettier-ignore

  it('never strikes a look: what is there can always be found', async () => {
    const house = await openCalendar();
    await house.control('POST', '/faults', { kind: 'drop_before' });
    expect(await house.calendar.find(request())).toBeNull();
    expect(await failure(house.calendar.book(request()))).toBeInstanceOf(CalendarUnclear);
    await house.close();
  });

  it('is taken back before it strikes', async () => {
    const house = await openCalendar();
    await house.control('POST', '/faults', { kind: 'refuse', times: 100_000 });
    expect(await house.control('DELETE', '/faults')).toEqual({ status: 200, body: { removed: 1 } });
    expect(await house.calendar.book(request())).toMatchObject({ status: 'accepted' });
    await house.close();
  });

  it.each([
    { kind: 'explode' },
    { times: 1 },
    { kind: 'refuse', times: 0 },
    { kind: 'refuse', times: 1.5 },
    { kind: 'refuse', times: '1' },
    { kind: 'refuse', times: 100_001 },
    { kind: 'refuse', path: '/v2' },
  ])('is not armed by %j', async (body) => {
    const house = await openCalendar();
    expect((await house.control('POST', '/faults', body)).status).toBe(422);
    expect(await house.calendar.book(request())).toMatchObject({ status: 'accepted' });
    await house.close();
  });
});

describe('the door', () => {
  const headers = { authorization: 'Bearer cal_test', 'cal-api-version': '2024-08-13' };
  const body = JSON.stringify({
    start: '2026-11-23T09:00:00Z',
    eventTypeId: 7,
    attendee: { name: 'Grace', email: 'grace@example.com', timeZone: 'UTC' },
  });

  it.each([
    ['no key', { ...headers, authorization: '' }, body, 401],
    ['no version', { ...headers, 'cal-api-version': '' }, body, 404],
    ['no JSON', headers, '{', 400],
    ['an unknown field', headers, body.replace('start', 'begin'), 400],
    ['a local time', headers, body.replace('00Z', '00'), 400],
    ['no address', headers, body.replace('grace@example.com', 'grace'), 400],
    ['everything', headers, body, 201],
  ])('answers a request with %s as Cal.com does', async (_, given, text, status) => {
    const house = await openCalendar();
    const answer = await fetch(`${house.url}/v2/bookings`, { method: 'POST', headers: given, body: text });
    expect(answer.status).toBe(status);
    expect(await house.shown()).toHaveLength(status === 201 ? 1 : 0);
    await house.close();
  });
});
