#!/usr/bin/env node
// `npx holdfast …`: loads the TypeScript of the command line the way bootstrap.mjs does.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
