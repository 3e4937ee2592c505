import type { World } from '../core/world.ts';
import { invalidParameter } from './refusal.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cannot = (path: string) =>
  invalidParameter('parameter_invalid', `This property cannot be expanded (${path}).`, 'expand');

/** Deeper expansions are refused, as Stripe does. */
const deepest = 4;

/** Lists that Stripe leaves out of an object until they are asked for. */
const includable = (world: World, holder: Fields, name: string): unknown => {
  if (holder['object'] !== 'charge' || name !== 'refunds') return undefined;
  const id = String(holder['id']);
  const data = world.tables.refunds.where('charge', id).reverse().slice(0, 10);
  return { object: 'list', url: `/v1/charges/${id}/refunds`, has_more: false, data };
};

const follow = (world: World, value: unknown, rest: readonly string[], path: string): unknown => {
  if (Array.isArray(value)) return value.map((element: unknown) => follow(world, element, rest, path));
  if (value === null) return null;
  if (typeof value === 'string') {
    const found = world.find(value);
    if (found === undefined) throw cannot(path);
    return follow(world, found, rest, path);
  }
  if (!isFields(value)) throw cannot(path);
  const [name, ...deeper] = rest;
  if (name === undefined) return value;
  const inner = name in value ? value[name] : includable(world, value, name);
  if (inner === undefined) throw cannot(path);
  return { ...value, [name]: follow(world, inner, deeper, path) };
};

/** Replaces ids by the objects they name along each path such as `data.latest_charge.balance_transaction`. */
export const expand = (world: World, answer: object, paths: readonly string[]): object =>
  paths.reduce<object>((value, path) => {
    const parts = path.split('.');
    if (parts.length > deepest)
      throw invalidParameter(
        'parameter_invalid',
        'You cannot expand more than 4 levels of a property',
        'expand',
      );
    return follow(world, value, parts, path) as object;
  }, answer);
