import type { AnswerChecker } from './answers.ts';
import type { Problem, Spec } from './spec.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object as it was before the event, as far as the event tells. */
const before = (now: unknown, previous: unknown): unknown =>
  isFields(now) && isFields(previous)
    ? {
        ...now,
        ...Object.fromEntries(
          Object.entries(previous).map(([name, value]) => [name, before(now[name], value)]),
        ),
      }
    : previous;

/** The names of all events that Stripe lets an endpoint subscribe to. */
const knownTypes = (spec: Spec): ReadonlySet<string> =>
  new Set(
    spec.paths['/v1/webhook_endpoints']?.['post']?.requestBody?.content?.['application/x-www-form-urlencoded']
      ?.schema.properties?.['enabled_events']?.items?.enum ?? [],
  );

/** Checks an event: its envelope, its type, the object it carries, and the object as it was before. */
export function checkEvent(spec: Spec, checker: AnswerChecker, event: unknown): Problem[] {
  const envelope = checker.component('event', event);
  if (!isFields(event) || !isFields(event['data'])) return envelope;
  const type = String(event['type']);
  const { object, previous_attributes: previous } = event['data'];
  const name = isFields(object) ? String(object['object']) : '';
  return [
    ...envelope,
    ...(knownTypes(spec).has(type)
      ? []
      : [{ kind: 'unknown event', at: type, detail: 'nobody can subscribe to it' } as const]),
    ...checker.component(name, object),
    ...(previous === undefined ? [] : checker.component(name, before(object, previous))),
  ];
}
