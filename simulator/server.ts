import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerPreflight, shareAnswer } from './pages/cross-origin.ts';
import { answerPage } from './pages/serve.ts';
import {
  createSimulator,
  type SimRequest,
  type SimResponse,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';

export interface RunningSimulator {
  url: string;
  port: number;
  simulator: Simulator;
  close(): Promise<void>;
}

/** Far above any request of ours; a larger one is a mistake that must not eat the memory. */
const largestBodyBytes = 4 * 1024 * 1024;

const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const chunk = part as Buffer;
    size += chunk.length;
    if (size > largestBodyBytes) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
};

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );

const send = (response: ServerResponse, answer: SimResponse): void => {
  if (answer.dropped === 'before' || answer.dropped === 'after') {
    response.socket?.destroy();
    return;
  }
  const body = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  if (answer.dropped === 'body') {
    // The headers promise the whole; the connection breaks halfway.
    response.write(body.subarray(0, Math.max(1, body.length >> 1)), () => response.socket?.destroy());
    return;
  }
  response.end(body);
};

const answerAny = async (simulator: Simulator, request: SimRequest): Promise<SimResponse> =>
  answerPage(request) ?? answerPreflight(request) ?? shareAnswer(request, await simulator.handle(request));

/** Serves a simulator over HTTP; port 0 takes a free one. */
export const startSimulator = async (
  options: SimulatorOptions & { host?: string; port?: number } = {},
): Promise<RunningSimulator> => {
  const { host = '127.0.0.1', port = 0, ...rest } = options;
  const simulator = createSimulator(rest);
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const answer: SimResponse =
      body === undefined
        ? {
            status: 413,
            headers: { 'content-type': 'application/json' },
            body: '{"error":{"type":"invalid_request_error","message":"The request body is too large."}}',
          }
        : await answerAny(simulator, {
            method: request.method ?? 'GET',
            path: request.url ?? '/',
            headers: headersOf(request),
            body,
          });
    if (!response.destroyed) send(response, answer);
  };
  const server = createServer((request, response) => {
    // A caller that hangs up early is no failure of ours: what it asked for still executes.
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          error: { type: 'api_error', message: error instanceof Error ? error.message : String(error) },
        }),
      );
    });
  });
  // The SDK keeps connections open; a server that closes them first would look like a fault nobody armed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${taken}`,
    port: taken,
    simulator,
    close: () =>
      new Promise((resolve) => {
        simulator.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
