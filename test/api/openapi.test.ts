import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access } from '../../api/http/access.ts';
import { openApiHouse } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

interface Operation {
  readonly operationId?: string;
  readonly tags?: string[];
  readonly security?: object[];
}

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
});
afterAll(async () => {
  await house.close();
});

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1 and names every route once, with its token', async () => {
    const document = (await (await house.app.request('/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
      webhooks: object;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.webhooks)).toEqual(['stripeEvent']);
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        route: `${method.toUpperCase()} ${path.replaceAll(/\{([a-z]+)\}/g, ':$1')}`,
        ...operation,
      })),
    );
    const pages = ['GET /checkout/:session', 'GET /checkout/assets/:file', 'GET /checkout/complete'];
    const undescribed = ['GET /openapi.json', 'GET /docs', 'GET /docs/:file', ...pages];
    expect(operations.map(({ route }) => route).sort()).toEqual(
      Object.keys(access)
        .filter((route) => !undescribed.includes(route))
        .sort(),
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { route, tags, security } of operations) {
      expect([route, tags?.length]).toEqual([route, 1]);
      expect([route, security]).toEqual([route, access[route] === 'open' ? undefined : [{ bearer: [] }]]);
    }
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });
});
