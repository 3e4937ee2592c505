import { join } from 'node:path';
import type { Target } from '../../proof/fuzz/target.ts';
import type { House } from '../house/house.ts';

/** A house as those who attack it see it. */
export function targetOf(house: House): Target {
  const { config, folder, ...parts } = house;
  return { ...parts, databaseFile: join(folder, 'holdfast.db'), jwtSecret: config.auth.secret ?? '' };
}
