// A stateful stand-in for Stripe: own clock, own books, faults on demand. It imports nothing of ours,
// and nothing of ours but dev and tests imports it; production code talks HTTP and cannot tell.
import { answerControl } from './controls/controls.ts';
import type { Reach } from './controls/control.ts';
import { checkBooks } from './core/checks.ts';
import { noDisk, openDisk } from './core/disk.ts';
import type { Row, Table } from './core/table.ts';
import { createTables, type Tables } from './core/tables.ts';
import { Timeline } from './core/timeline.ts';
import { World } from './core/world.ts';
import { Dispatcher } from './http/dispatch.ts';
import { jsonResponse, type SimRequest, type SimResponse } from './http/exchange.ts';
import { createRoutes, dueHandlers } from './resources/routes.ts';
import { announce } from './webhooks/events.ts';
import type { Send } from './webhooks/delivery.ts';
import { post } from './webhooks/post.ts';

export type { SimRequest, SimResponse } from './http/exchange.ts';

/** Where events go; `connect` endpoints hear connected accounts, the others the platform. */
export interface WebhookEndpoint {
  url: string;
  secret: string;
  connect: boolean;
}

export interface SimulatorOptions {
  /** SQLite file; absent: everything lives in memory. */
  file?: string;
  endpoints?: WebhookEndpoint[];
  /** Wall clock in milliseconds. */
  now?: () => number;
  /** Part of every id, so that a run can be repeated to the letter; absent: random per store. */
  idTag?: string;
  /** How events are sent; absent: HTTP POST. */
  send?: Send;
}

/** Stripe without a socket. */
export interface Simulator {
  /** Answers one request, under /v1 as Stripe or under /_sim as the tester's hand. */
  handle(request: SimRequest): Promise<SimResponse>;
  /** The simulator's time in milliseconds. */
  now(): number;
  /** Lets happen what is due by now, and answers when the next thing will be; null where nothing is planned. */
  next(): number | null;
  /** Lets time pass: everything that comes due happens in order, and its deliveries are attempted. */
  advance(ms: number): Promise<void>;
  close(): void;
}

const survivesReset = new Set(['id_tag', 'id_count', 'clock_offset']);

const listen = (tables: Tables, endpoints: readonly WebhookEndpoint[]): void => {
  for (const listener of tables.listeners.values())
    if (listener.id.startsWith('option_')) tables.listeners.delete(listener.id);
  endpoints.forEach((endpoint, at) =>
    tables.listeners.put({ id: `option_${at}`, ...endpoint, enabledEvents: ['*'] }),
  );
};

const emptied = (tables: Tables, all: readonly Table<Row>[], endpoints: readonly WebhookEndpoint[]): void => {
  for (const table of all) if (table.name !== tables.marks.name) table.clear();
  for (const mark of tables.marks.values()) if (!survivesReset.has(mark.id)) tables.marks.delete(mark.id);
  listen(tables, endpoints);
};

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Opens a simulator over a file, or over nothing; what the file holds continues where it stopped. */
export const createSimulator = (options: SimulatorOptions = {}): Simulator => {
  const { endpoints = [] } = options;
  const tables = createTables();
  const all = Object.values(tables) as unknown as Table<Row>[];
  const disk = options.file === undefined ? noDisk() : openDisk(options.file);
  disk.load(all);
  const world = new World(tables, options.now ?? Date.now, options.idTag, announce);
  listen(tables, endpoints);

  let closed = false;
  const sleepers = new Map<NodeJS.Timeout, (reason: Error) => void>();
  const commit = () => {
    if (!closed) disk.commit(all);
  };
  const sleep = (ms: number) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        sleepers.delete(timer);
        resolve();
      }, ms);
      sleepers.set(timer, reject);
    });
  const timeline = new Timeline({ world, handlers: dueHandlers, send: options.send ?? post, commit });
  const dispatcher = new Dispatcher({ world, routes: createRoutes(), commit, sleep });
  const reach: Reach = {
    world,
    timeline,
    dispatcher,
    reset: () => {
      emptied(tables, all, endpoints);
      world.schedule.reload();
      dispatcher.forget();
    },
  };
  timeline.catchUp();
  timeline.wake();

  return {
    async handle(given) {
      if (closed)
        return {
          ...jsonResponse(503, { error: { message: 'The simulator is closed.' } }),
          dropped: 'before',
        };
      const request = { ...given, headers: lowerCased(given.headers) };
      timeline.catchUp();
      const response = await (request.path.startsWith('/_sim')
        ? answerControl(reach, request)
        : dispatcher.answer(request));
      timeline.catchUp();
      timeline.wake();
      return response;
    },
    now: () => world.clock.now(),
    next() {
      if (closed) return null;
      timeline.catchUp();
      checkBooks(world);
      timeline.wake();
      return world.schedule.next()?.at ?? null;
    },
    advance: (ms) => timeline.advance(ms),
    close() {
      if (closed) return;
      commit();
      closed = true;
      timeline.close();
      for (const [timer, reject] of sleepers) {
        clearTimeout(timer);
        reject(new Error('The simulator was closed while this request was delayed.'));
      }
      disk.close();
    },
  };
};
