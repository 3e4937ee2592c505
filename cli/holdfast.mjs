#!/usr/bin/env node
// `npx holdfast …`: runs the command line of this checkout the way bootstrap.mjs does, but without installing anything.
import { register } from 'tsx/esm/api';

register();
await import(new URL('main.ts', import.meta.url).href);
