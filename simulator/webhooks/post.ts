import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Send } from './delivery.ts';

/** Stripe gives a listener some seconds to answer before it counts the attempt as failed. */
const patienceMs = 10_000;

/** Posts one event over HTTP and answers the status, or 0 when no answer came. */
export const post: Send = (url, headers, body) =>
  new Promise((resolve) => {
    const open = url.startsWith('https:') ? secureRequest : plainRequest;
    try {
      const request = open(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        timeout: patienceMs,
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(0));
      request.on('close', () => resolve(0));
      request.end(body);
    } catch {
      resolve(0);
    }
  });
