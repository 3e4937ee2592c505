import { z } from '@hono/zod-openapi';

/** A rejection (RFC 9457). */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    requestId: z.string(),
    retryable: z.boolean(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    state: z.string().optional().openapi({ description: 'The state a refused command met' }),
  })
  .openapi('Problem');

/** An answer in JSON. */
export const answers = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

/** A body that must be there, in JSON. */
export const bodyOf = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

/** Every answer that is not the one hoped for (RFC 9457). */
export const problems = {
  default: { content: { 'application/problem+json': { schema: problem } }, description: 'A problem' },
} as const;

/** What a route needs besides its own words: a token. */
export const bearer = { security: [{ bearer: [] }] };

/** The key that makes a POST repeatable. Its absence is told apart from a bad body, so it is checked by hand. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().optional().openapi({ description: 'Makes the request safe to repeat' }),
});
