import { customType, integer } from 'drizzle-orm/sqlite-core';

/** A column for a document of plain JSON; no document is no text, also where the value comes after the query. */
export const json = customType<{ data: unknown; driverData: string | null }>({
  dataType: () => 'text',
  toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  fromDriver: (text): unknown => (text === null ? null : JSON.parse(text)),
});

/** A column for UTC milliseconds: a number, so that every database compares it alike. */
export const instant = (name: string) => integer(name);

/** A column for yes or no. */
export const flag = (name: string) => integer(name, { mode: 'boolean' });
