import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openBookings } from './bookings.ts';
import { Faults } from './faults.ts';
import { Refusal } from './refusal.ts';
import type { Fields } from './requests.ts';
import { fieldsOf } from './requests.ts';
import type { CalendarAnswer, CalendarCall } from './routes.ts';
import { calendarRoutes } from './routes.ts';

/** Where to listen, where bookings are kept, and the clock that says what is past. */
export interface CalendarOptions {
  readonly host?: string;
  readonly port?: number;
  readonly file?: string;
  readonly now?: () => number;
}

/** A calendar that answers. */
export interface RunningCalendar {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Far above any request of ours; a larger one is a mistake that must not eat the memory. */
const largestBodyBytes = 1024 * 1024;

/** Serves a calendar over HTTP; port 0, the default, takes a free one. */
export async function startCalendar(options: CalendarOptions = {}): Promise<RunningCalendar> {
  const { host = '127.0.0.1', port = 0, file, now = Date.now } = options;
  const bookings = openBookings(file, now);
  const route = calendarRoutes(bookings, new Faults());
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(request);
    const { status, body, dropped } = text === null ? tooLarge : answered(route, callOf(request, text));
    if (dropped) {
      response.socket?.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    // A caller that hangs up before its request is whole gets no answer.
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          bookings.close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk = part as Buffer;
    bytes += chunk.length;
    if (bytes > largestBodyBytes) return null;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

const callOf = ({ method = 'GET', url = '/', headers }: IncomingMessage, text: string): CalendarCall => ({
  method,
  url: new URL(url, 'http://calendar'),
  authorization: headers.authorization ?? '',
  version: [headers['cal-api-version']].flat()[0] ?? '',
  fields: () => fieldsIn(text),
});

function fieldsIn(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text) as unknown, 'The body');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'BadRequestException', 'The body is no JSON.');
  }
}

/** A refusal becomes an answer in Cal.com's shape; anything else that goes wrong is a mistake of this calendar. */
function answered(route: (call: CalendarCall) => CalendarAnswer, call: CalendarCall): CalendarAnswer {
  try {
    return route(call);
  } catch (error) {
    if (error instanceof Refusal) return failure(error.status, error.code, error.message);
    const message = error instanceof Error ? error.message : String(error);
    return failure(500, 'InternalServerErrorException', message);
  }
}

const failure = (status: number, code: string, message: string): CalendarAnswer => ({
  status,
  body: { status: 'error', error: { code, message } },
  dropped: false,
});

const tooLarge = failure(413, 'PayloadTooLargeException', 'The request is too large.');
