import { integer, text } from 'drizzle-orm/sqlite-core';

/** A column for a document of plain JSON. */
export const json = (name: string) => text(name, { mode: 'json' });

/** A column for UTC milliseconds: a number, so that every database compares it alike. */
export const instant = (name: string) => integer(name);

/** A column for yes or no. */
export const flag = (name: string) => integer(name, { mode: 'boolean' });
